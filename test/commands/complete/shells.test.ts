import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { describeWith, missing } from '../../describe-with.ts'
import { atTerminal } from '../../terminal.ts'
import { cwdWithBentos } from '../fill-store.ts'

// A shell starts, and each Tab starts a bento.
jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../../bin/bento.js', import.meta.url))

const shells = [
  ['bash', 'bash --norc -i', `eval "$(bento completion bash)"; PS1='rea''dy> '`],
  [
    'zsh',
    'zsh -f -i',
    `autoload -U compinit; compinit -u -D; eval "$(bento completion zsh)"; PS1='rea''dy> '`,
  ],
  [
    'fish',
    'fish --no-config -i',
    `bento completion fish | source; function fish_prompt; echo -n rea''dy'> '; end`,
  ],
] as const

/** A folder whose store has two bentos, and `bento` on the path. */
async function folderWithBento(): Promise<{ cwd: string; env: Record<string, string> }> {
  const cwd = await cwdWithBentos(['iris:v1', 'iris:xyz'])
  await mkdir(join(cwd, 'bin'))
  await symlink(bin, join(cwd, 'bin', 'bento'))
  const env = {
    PATH: `${join(cwd, 'bin')}:${process.env['PATH']}`,
    BENTO_HOME: join(cwd, 'home'),
    HOME: cwd,
  }
  return { cwd, env }
}

for (const [shell, line, setUp] of shells) {
  describeWith(shell, await missing('script', shell), () => {
    test('completes a live tag at a Tab, and runs what was completed', async () => {
      const { cwd, env } = await folderWithBento()
      const keys = [
        [/[$#%>]/, `${setUp}\r`],
        [/ready> /, 'bento get -o tag iris:x\t'],
        [/yz/, '\r'],
        [/ready> /, 'exit\r'],
      ] as const
      const { screen } = await atTerminal(line, { cwd, env, keys })
      expect(screen).toMatch(/[\r\n]iris:xyz\r*\n/)
    })
  })
}
