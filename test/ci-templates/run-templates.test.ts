import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, jest, test } from '@jest/globals'
import { openCluster } from '../deploy/kubernetes/cluster.ts'
import { describeWith, missing } from '../describe-with.ts'
import { run } from '../processes.ts'
import { type Checkout, checkOut, keepCalls, user } from './pipeline.ts'
import { type GithubStep, readGithub, readGitlab } from './scripts.ts'

jest.setTimeout(120_000)

const kubeconfig = process.env['KUBECONFIG']
const lacks = [
  ...(await missing('docker', 'docker-registry', 'htpasswd', 'skopeo', 'jq', 'curl')),
  ...(kubeconfig ? [] : ['a cluster in KUBECONFIG']),
]

const closing: (() => void)[] = []

afterAll(() => closing.forEach((close) => close()))

describeWith('What the templates for CI run', lacks, () => {
  const { namespace, bento, call } = openCluster('ci')

  test('GitHub Actions: a pull request has its plan as a comment, a push is deployed', async () => {
    const checkout = await checkOut(namespace)
    const calls = await keepCalls('gh', checkout)
    const github = new Github(checkout, await readFile(kubeconfig ?? '', 'utf8'))
    await github.run('pull_request')
    expect((await readFile(calls(), 'utf8')).split('\n')).toEqual(
      expect.arrayContaining(['comment', '7', '--body-file', 'comment.md']),
    )
    const comment = await readFile(join(checkout.cwd, 'comment.md'), 'utf8')
    expect(comment).toMatch(
      /^\*\*bento deploy\*\* of `hello:\w+`\n```diff\n[^`]*^\+ Deployment\/hello$[^`]*Plan: 2 to create/m,
    )
    expect((await call('apps/v1/deployments/hello')).status).toBe(404)
    const [deployed = ''] = await github.run('push')
    expect(JSON.parse(deployed)).toMatchObject({
      name: 'hello',
      status: { status: 'running', image: expect.stringContaining(`${checkout.host}/acme/hello@`) },
    })
    await bento('deployment delete hello --yes')
  })

  test('GitLab: a merge request has its plan as a note, the default branch is deployed', async () => {
    const checkout = await checkOut(namespace)
    const notes = await openNotes()
    const gitlab = new Gitlab(checkout, notes.url)
    await gitlab.job('test')
    await gitlab.job('containerize')
    await gitlab.job('plan')
    expect(notes.taken).toEqual([
      {
        call: 'POST /api/v4/projects/1/merge_requests/7/notes',
        token: 'plan-token',
        body: expect.stringMatching(
          /^\*\*bento deploy\*\* of `hello:\w+`\n```diff\n[^`]*^\+ Deployment\/hello$[^`]*Plan: 2 to create/m,
        ),
      },
    ])
    const deployed = await gitlab.job('deploy')
    expect(deployed).toMatch(/"name": "hello",[^]*"status": "running"/)
    await bento('deployment delete hello --yes')
  })
})

/** Runs the steps as a runner does: one shell each, its outputs for those behind it. */
class Github {
  readonly #checkout: Checkout
  readonly #values: Map<string, string>
  readonly #done = new Set<string>()

  constructor(checkout: Checkout, cluster: string) {
    this.#checkout = checkout
    this.#values = new Map([
      ['github.repository', 'acme/hello'],
      ['github.actor', user[0]],
      ['github.token', 'gh-token'],
      ['github.event.pull_request.number', '7'],
      ['secrets.GITHUB_TOKEN', user[1]],
      ['secrets.KUBECONFIG', cluster],
    ])
  }

  /** What each step printed; what has run for another event already is as it was. */
  async run(event: 'pull_request' | 'push'): Promise<string[]> {
    const { env, steps } = readGithub()
    const printed: string[] = []
    for (const step of steps) {
      if (step.if !== undefined && step.if !== `github.event_name == '${event}'`) continue
      if (this.#done.has(step.run)) continue
      this.#done.add(step.run)
      printed.push(await this.#step(step, env))
    }
    return printed
  }

  async #step(step: GithubStep, common: Readonly<Record<string, string>>): Promise<string> {
    const { cwd, env } = this.#checkout
    const output = join(cwd, `${step.id ?? 'step'}.output`)
    await writeFile(output, '')
    const own = Object.entries({ ...common, ...step.env }).map(
      ([name, value]) => [name, this.#filled(value)] as const,
    )
    const script = this.#filled(step.run)
    const printed = await run('bash', ['-e', '-c', script], {
      cwd,
      env: { ...env, ...Object.fromEntries(own), GITHUB_OUTPUT: output },
    })
    for (const line of (await readFile(output, 'utf8')).split('\n')) {
      const [key, value] = line.split(/=(.*)/)
      if (value !== undefined) this.#values.set(`steps.${step.id}.outputs.${key}`, value)
    }
    return printed
  }

  /** With values in place of expressions, and the registry here in place of GitHub's. */
  #filled(textWith: string): string {
    const { host } = this.#checkout
    return textWith
      .replaceAll(/\$\{\{ ([\w.]+) \}\}/g, (_, name: string) => {
        const value = this.#values.get(name)
        if (value === undefined) throw new Error(`Nothing is known of ${name}`)
        return value
      })
      .replaceAll('ghcr.io', host)
  }
}

/** Runs jobs as a runner does: one shell each, with what earlier ones left in their dotenv. */
class Gitlab {
  readonly #checkout: Checkout
  readonly #api: string

  constructor(checkout: Checkout, api: string) {
    this.#checkout = checkout
    this.#api = api
  }

  async job(name: 'test' | 'containerize' | 'plan' | 'deploy'): Promise<string> {
    const { cwd, env, host } = this.#checkout
    const { before, variables, jobs } = readGitlab()
    const given = {
      CI_PROJECT_DIR: cwd,
      CI_REGISTRY: host,
      CI_REGISTRY_IMAGE: `${host}/acme/hello`,
      CI_REGISTRY_USER: user[0],
      CI_REGISTRY_PASSWORD: user[1],
      CI_API_V4_URL: `${this.#api}/api/v4`,
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_IID: '7',
      PLAN_TOKEN: 'plan-token',
      KUBECONFIG: kubeconfig ?? '',
    }
    const own = Object.entries(variables).map(
      ([key, value]) => [key, value.replace('$CI_PROJECT_DIR', cwd)] as const,
    )
    const script = [...before, ...(jobs.get(name)?.script ?? [])].join('\n')
    return run('bash', ['-eo', 'pipefail', '-c', script], {
      cwd,
      env: { ...env, ...given, ...Object.fromEntries(own), ...(await this.#dotenv()) },
    })
  }

  async #dotenv(): Promise<Record<string, string>> {
    const lines = await readFile(join(this.#checkout.cwd, 'image.env'), 'utf8').catch(() => '')
    const pairs = lines
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/))
    return Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]))
  }
}

interface Note {
  readonly call: string
  readonly token: unknown
  readonly body: string | null
}

/** GitLab's API of notes. */
async function openNotes(): Promise<{ url: string; taken: Note[] }> {
  const taken: Note[] = []
  const server = createServer(async (request, response) => {
    const body = new URLSearchParams(await text(request)).get('body')
    const token = request.headers['private-token']
    taken.push({ call: `${request.method} ${request.url}`, token, body })
    response.writeHead(201).end('{}')
  })
  closing.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}`, taken }
}
