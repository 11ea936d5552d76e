import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const Variables = z.record(z.string(), z.string())

const Step = z.object({
  id: z.string().optional(),
  if: z.string().optional(),
  run: z.string(),
  env: Variables.optional(),
})

export type GithubStep = z.infer<typeof Step>

const Github = z.object({
  on: z.object({ pull_request: z.null(), push: z.object({ branches: z.array(z.string()) }) }),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  env: Variables,
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      steps: z.array(z.union([z.object({ uses: z.string().regex(/@v\d+$/) }), Step])),
    }),
  ),
})

const Job = z.object({ stage: z.string(), script: z.array(z.string()) })

function read(name: string): unknown {
  return parse(readFileSync(new URL(`../../templates/ci/${name}`, import.meta.url), 'utf8'))
}

/** What the template for GitHub Actions runs, and the variables of all its steps. */
export function readGithub(): {
  readonly env: Record<string, string>
  readonly steps: GithubStep[]
} {
  const { env, jobs } = Github.parse(read('github-actions.yml'))
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  return { env, steps: steps.flatMap((step) => ('run' in step ? [step] : [])) }
}

const gitlabJobs = ['test', 'containerize', 'plan', 'deploy'] as const

type GitlabJob = (typeof gitlabJobs)[number]

export interface Gitlab {
  readonly stages: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly before: readonly string[]
  readonly jobs: ReadonlyMap<GitlabJob, z.infer<typeof Job>>
}

export function readGitlab(): Gitlab {
  const file = z.record(z.string(), z.unknown()).parse(read('gitlab-ci.yml'))
  return {
    stages: z.array(z.string()).parse(file['stages']),
    variables: Variables.parse(file['variables']),
    before: z.object({ before_script: z.array(z.string()) }).parse(file['default']).before_script,
    jobs: new Map(gitlabJobs.map((name) => [name, Job.parse(file[name])])),
  }
}
