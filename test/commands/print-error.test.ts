import { Writable } from 'node:stream'
import { PassThrough } from 'node:stream'
import { expect, test } from '@jest/globals'
import { Output } from '../../src/commands/output.ts'
import { printError } from '../../src/commands/print-error.ts'
import { BentoError } from '../../src/errors.ts'

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
  ['EROFS', 'the disk is read-only'],
  ['EISDIR', 'it is a folder'],
])('a path that the disk refuses with %s is no bug', async (errno, problem) => {
  const error = Object.assign(new Error(`${errno}, open '/a/b'`), { code: errno, path: '/a/b' })
  const { code, text } = await print(error)
  expect(code).toBe(1)
  expect(text).toMatch(
    new RegExp(`^FILE_NOT_FOUND: "/a/b" cannot be used: ${problem}\n  Because: ${errno}, open`),
  )
})
