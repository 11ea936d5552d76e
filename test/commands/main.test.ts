import { expect, test } from '@jest/globals'
import { runBento } from './run-bento.ts'

test.each(['--version', '-v', 'list --version', 'models -v', '--version build'])(
  'prints nothing but the version for "%s"',
  async (line) => {
    const { code, stdout, stderr } = await runBento(line)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^bento \d+\.\d+\.\d+\n$/)
  },
)

test('lists the commands on stderr when none is named', async () => {
  const { code, stdout, stderr } = await runBento('')
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toBe((await runBento('--help')).stdout)
})

test.each(['help models', 'models --help', '--help models', 'models -h'])(
  'understands "%s"',
  async (line) => {
    const { code, stdout } = await runBento(line)
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: bento models COMMAND [flags]')
  },
)

test.each([
  ['bild', '`bento` has no command "bild"', 'Did you mean `bento build`?'],
  ['frobnicate', '`bento` has no command "frobnicate"', 'Run `bento --help` to see its commands.'],
  ['models lst', '`bento models` has no command "lst"', 'Did you mean `bento models list`?'],
  ['list --outptu json', '`bento list` has no flag "--outptu"', 'Did you mean --output?'],
  ['list -z', '`bento list` has no flag "-z"', 'Run `bento list --help` to see its flags.'],
  ['--vrebose', '`bento` has no flag "--vrebose"', 'Did you mean --verbose?'],
  ['models --quite', '`bento models` has no flag "--quite"', 'Did you mean --quiet?'],
  ['get', 'TAG is missing', 'Run `bento get --help` to see what it takes.'],
  [['get', ''], 'TAG is empty', 'Run `bento get --help` to see what it takes.'],
  [['delete', 'a', ''], 'TAG is empty', 'Run `bento delete --help` to see what it takes.'],
  ['get a b', '`bento get` got too many arguments', 'Run `bento get --help` to see what it takes.'],
  ['get a -o', '--output needs a value', 'Run `bento get --help` to see what it takes.'],
  ['get a -o xml', '--output does not know "xml"', 'Use one of: yaml, json, path, tag.'],
  ['serve -p http', '--port takes a whole number, not "http"', 'Give a number from 0 to 65535.'],
  [
    'serve --port 65536',
    '--port takes a whole number, not "65536"',
    'Give a number from 0 to 65535.',
  ],
  ['serve --workers 0', '--workers takes a whole number, not "0"', 'Give a number from 1 to 1024.'],
  ['build --label x', '--label takes KEY=VALUE, not "x"', 'Write it as --label owner=ann.'],
])('answers "%s" with what is wrong and a way out', async (line, message, hint) => {
  const { code, stdout, stderr } = await runBento(line)
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: `USAGE: ${message}\n  ${hint}\n`,
  })
})

test('takes global flags before and after the command', async () => {
  expect((await runBento('list')).stderr).toContain('No bentos yet')
  expect((await runBento('-q list')).stderr).toBe('')
  expect((await runBento('list --quiet')).stderr).toBe('')
})

test('adds the stack of an error with --verbose', async () => {
  expect((await runBento('get iris --verbose')).stderr).toMatch(/\n {4}at .*folder-store/)
  expect((await runBento('get iris')).stderr).not.toContain('    at ')
})

test('colours errors on a terminal, but never under NO_COLOR', async () => {
  const red = '\u001B[31m'
  const on = { columns: 80 }
  expect((await runBento('get iris', on)).stderr).toContain(`${red}BENTO_NOT_FOUND:`)
  expect((await runBento('get iris', { ...on, env: { NO_COLOR: '1' } })).stderr).not.toContain(red)
  expect((await runBento('get iris', { ...on, env: { TERM: 'dumb' } })).stderr).not.toContain(red)
  expect((await runBento('get iris')).stderr).not.toContain(red)
})
