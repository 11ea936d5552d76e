import { expect, test } from '@jest/globals'
import { type Answer, type Features, type Host, jsonOf, postJson } from './host.ts'

const flowers = '5.1,3.5,1.4,0.2\n6.3,3.3,6,2.5\n'

export function testFiles(host: () => Host): void {
  const sendForm = (type: string): Promise<Answer> => {
    const { body, boundary } = formOf({ title: 'garden' }, { type, text: flowers })
    return host().send({
      method: 'POST',
      path: '/classify_file',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body,
    })
  }

  test('takes a file and a field of a form', async () => {
    const answer = await sendForm('text/csv')
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      { title: 'garden', species: ['setosa', 'virginica'] },
    ])
  })

  test('refuses a file of a kind that the service does not take', async () => {
    const answer = await sendForm('image/png')
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      400,
      { code: 'INPUT_INVALID', detail: [{ loc: ['flowers'] }] },
    ])
  })

  test('takes bytes as the whole body, and gives bytes back', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256))
    const answer = await host().send({
      method: 'POST',
      path: '/reverse_file',
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    })
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      'application/octet-stream',
    ])
    expect(answer.body.equals(Buffer.from(bytes.toReversed()))).toBe(true)
  })
}

/** As browsers write a form; with a byte in the file's name that is no letter. */
function formOf(
  fields: Readonly<Record<string, string>>,
  file: { readonly type: string; readonly text: string },
): { body: Buffer; boundary: string } {
  const boundary = '----flowers'
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const head = `content-disposition: form-data; name="flowers"; filename="blüten.csv"`
  const last = `--${boundary}\r\n${head}\r\ncontent-type: ${file.type}\r\n\r\n${file.text}\r\n`
  return { body: Buffer.from(`${parts.join('')}${last}--${boundary}--\r\n`), boundary }
}

export function testStreams(host: () => Host, { streams }: Features): void {
  test('gives an answer bit by bit', async () => {
    const { status, body, parts } = await postJson(host(), { path: '/tell', body: { count: 5 } })
    expect([status, body.toString()]).toEqual([
      200,
      'flower 1\nflower 2\nflower 3\nflower 4\nflower 5\n',
    ])
    expect(parts > 1).toBe(streams)
  })

  test('gives events with ids, and says when all went well', async () => {
    const { headers, body, parts } = await postJson(host(), { path: '/number', body: { count: 3 } })
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(body.toString()).toBe(
      'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\nevent: end\ndata:\n\n',
    )
    expect(parts > 1).toBe(streams)
  })
}

export function testErrors(host: () => Host): void {
  test('answers an error of the service with its own status', async () => {
    const answer = await postJson(host(), { path: '/fail', body: { kind: 'absent' } })
    expect([answer.status, jsonOf(answer)]).toEqual([
      404,
      { error: 'There is no such flower', code: 'NOT_FOUND' },
    ])
  })

  test('says nothing of what broke inside, and goes on', async () => {
    const answer = await postJson(host(), { path: '/fail', body: { kind: 'broken' } })
    expect([answer.status, jsonOf(answer)]).toEqual([
      500,
      { error: 'The service failed; its log says more', code: 'INTERNAL' },
    ])
    expect((await postJson(host(), { path: '/tell', body: { count: 1 } })).status).toBe(200)
  })
}
