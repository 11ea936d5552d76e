import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { runBento } from '../commands/run-bento.ts'
import { readGithub, readGitlab } from './scripts.ts'

const githubScripts = (): string[] => readGithub().steps.map(({ run }) => run)

function gitlabScripts(): string[] {
  const { stages, jobs } = readGitlab()
  const all = Array.from(jobs.values())
  expect(all.filter(({ stage }) => !stages.includes(stage))).toEqual([])
  return all.flatMap(({ script }) => script)
}

const all = [
  ['GitHub Actions', githubScripts],
  ['GitLab', gitlabScripts],
] as const

test.each(all)('%s: each script is a script that the shell can read', (_, scripts) => {
  for (const script of scripts()) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })
    expect([script, status, stderr]).toEqual([script, 0, ''])
  }
})

test.each(all)(
  '%s: builds, tests, containerizes without a daemon, plans and deploys',
  (_, scripts) => {
    const text = scripts().join('\n')
    const wanted = [
      'npm test',
      'bento build -o tag',
      '--backend oci',
      '--push -o json',
      '--plan > plan.txt',
      '--image "$IMAGE_NAME" -o json',
    ]
    expect(wanted.filter((part) => !text.includes(part))).toEqual([])
    expect(text).not.toMatch(/docker (build|push)/)
  },
)

test.each(all)('%s: uses no flag that its command does not have', async (_, scripts) => {
  const lines = scripts()
    .join('\n')
    .split('\n')
    .flatMap((line) => Array.from(line.matchAll(/npx bento (\w+)([^|>;)]*)/g)))
  expect(lines.length).toBeGreaterThanOrEqual(4)
  for (const [, command = '', rest = ''] of lines) {
    const { stdout } = await runBento(`${command} --help`)
    const flags = rest.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? []
    expect([command, flags.filter((flag) => !stdout.includes(flag))]).toEqual([command, []])
  }
})

// What a pull request names must never become a part of a script.
test('GitHub Actions: nothing that others write goes into a script', () => {
  const inputs = githubScripts().flatMap((script) => script.match(/\$\{\{[^}]*\}\}/g) ?? [])
  expect(inputs.toSorted()).toEqual(['${{ github.actor }}', '${{ secrets.GITHUB_TOKEN }}'])
})
