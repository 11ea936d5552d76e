import { execFile } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { Output } from '../../src/commands/output.ts'
import { printError } from '../../src/commands/print-error.ts'
import { BentoError } from '../../src/errors.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function print(error: unknown, json = false): Promise<{ code: number; text: string }> {
  let text = ''
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    text += chunk.toString()
    done()
  }
  const out = new Output({
    cwd: '/',
    env: {},
    stdin: new PassThrough(),
    stdout: new Writable(),
    stderr: new Writable({ write }),
    onSignal: () => () => undefined,
  })
  out.configure({ json })
  return { code: await printError(error, out), text }
}

test('prints details, causes and the hint, each once', async () => {
  const cause = new Error('disk is full', { cause: new Error('ENOSPC') })
  const detail = [
    { type: 'missing', loc: ['features', 0, 'width'], msg: 'Field required' },
    { type: 'other', loc: [], msg: 'Not an object' },
  ]
  const error = new BentoError('STORE_FAILED', 'Cannot store "iris"', {
    hint: 'Make room.',
    detail,
    cause,
  })
  expect(await print(error)).toMatchInlineSnapshot(`
{
  "code": 1,
  "text": "STORE_FAILED: Cannot store "iris"
✖ Field required → at features.0.width
✖ Not an object
  Because: disk is full
  Because: ENOSPC
  Make room.
",
}
`)
})

test('leaves out a cause that the message tells already', async () => {
  const error = new BentoError('BODY_INVALID', 'Not JSON: stray comma', {
    cause: new Error('stray comma'),
  })
  expect((await print(error)).text).toBe('BODY_INVALID: Not JSON: stray comma\n')
})

test.each([
  ['an unforeseen error', new TypeError('x is not a function')],
  ['an impossible state', new BentoError('INTERNAL', 'x is not a function')],
])('%s is reported as a bug, with its stack', async (_name, error) => {
  const { code, text } = await print(error)
  expect(code).toBe(70)
  expect(text).toMatch(/^INTERNAL: x is not a function\n/)
  expect(text).toContain('print-error.test.ts')
  expect(text).toContain('  This is a bug in bento. Report it')
})

test('says what the system does not let be done, and not that it is a bug', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'file')
  await writeFile(file, '')
  const failures = [
    writeFile(join(folder, 'gone', 'x'), ''),
    writeFile(folder, ''),
    mkdir(join(file, 'x'), { recursive: true }),
    copyFile(file, join(folder, 'gone', 'copy')),
  ]
  const texts = failures.map((failure) =>
    failure.catch(async (error: unknown) => {
      const { code, text } = await print(error)
      return `${code} ${text.split('\n')[0]?.replace(folder, '')}`
    }),
  )
  expect(await Promise.all(texts)).toEqual([
    '1 FILE_FAILED: "/gone/x" cannot be used: no such file or directory',
    '1 FILE_FAILED: "" cannot be used: illegal operation on a directory',
    '1 FILE_FAILED: "/file/x" cannot be used: not a directory',
    '1 FILE_FAILED: "/gone/copy" cannot be used: no such file or directory',
  ])
})

test('a program that is missing is no file of a person', async () => {
  const error: unknown = await promisify(execFile)('/nowhere/program').catch(
    (caught: unknown) => caught,
  )
  expect((await print(error)).code).toBe(70)
})

test('survives something thrown that is no error', async () => {
  expect(await print('oops')).toMatchObject({ code: 70 })
})

test('is one line of JSON where a program asked', async () => {
  const detail = [{ type: 'missing', loc: ['features', 0], msg: 'Field required' }]
  const cause = new Error('disk is full\nreally')
  const { code, text } = await print(
    new BentoError('STORE_FAILED', 'Cannot store "iris"', { hint: 'Make room.', detail, cause }),
    true,
  )
  expect(text.match(/\n/g)).toHaveLength(1)
  expect([code, JSON.parse(text)]).toEqual([
    1,
    {
      error: {
        code: 'STORE_FAILED',
        message: 'Cannot store "iris"',
        hint: 'Make room.',
        detail,
        causes: ['disk is full\nreally'],
        exit: 1,
      },
    },
  ])
})

test('a bug is JSON too, with its stack', async () => {
  const { code, text } = await print(new TypeError('x is not a function'), true)
  expect([code, JSON.parse(text)]).toMatchObject([
    70,
    {
      error: {
        code: 'INTERNAL',
        message: 'x is not a function',
        exit: 70,
        stack: expect.stringContaining('print-error.test.ts'),
      },
    },
  ])
})

test.each([
  ['EACCES', 'permission denied'],
  ['EROFS', 'read-only file system'],
])('a path that the disk refuses with %s is no bug', async (errno, problem) => {
  const error = new Error(`${errno}: ${problem}, open '/a/b'`)
  const { code, text } = await print(
    Object.assign(error, { code: errno, path: '/a/b', syscall: 'open' }),
  )
  expect(code).toBe(1)
  expect(text).toContain(`FILE_FAILED: "/a/b" cannot be used: ${problem}\n  Because: ${errno}`)
})
