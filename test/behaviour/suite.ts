import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { testErrors, testFiles, testStreams } from './exchanges.ts'
import { type Answer, type Features, type Host, jsonOf, postJson } from './host.ts'

/*
 * What the iris service does, wherever it runs: every test here holds for `bento serve`, for plain node, in a
 * container, behind Lambda, on the platforms that run containers and in Kubernetes.
 */

const Shares = z.record(z.string(), z.number())
const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }
const virginica = { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 }

export function describeBehaviour(
  open: () => Promise<Host>,
  features: Features = { joinsRequests: true, streams: true },
): void {
  let host: Host

  beforeAll(async () => {
    host = await open()
  }, 180_000)

  afterAll(async () => {
    await host.close()
  })

  const get = (path: string, method = 'GET'): Promise<Answer> =>
    host.send({ method, path, headers: {}, body: Buffer.alloc(0) })
  const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
    postJson(host, { path, body, headers })

  test('classifies several flowers of one request, in their order', async () => {
    const answer = await post('/classify', { features: [setosa, virginica, setosa] })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(jsonOf(answer)).toEqual(['setosa', 'virginica', 'setosa'])
  })

  test('gives a root input and a record back', async () => {
    const answer = await post('/predict_proba', virginica)
    const shares = Shares.parse(jsonOf(answer))
    expect(Object.keys(shares)).toEqual(['setosa', 'versicolor', 'virginica'])
    expect(Object.values(shares).reduce((all, one) => all + one)).toBeCloseTo(1, 5)
  })

  test('gives each of many requests its own rows back', async () => {
    const flowers = Array.from({ length: 48 }, (_, at) => (at % 3 === 0 ? virginica : setosa))
    const names = flowers.map((one) => [one === setosa ? 'setosa' : 'virginica'])
    let joined = 0
    // So quick a model may have answered one before the next is there.
    for (let round = 0; round < 20 && joined === 0; round++) {
      const calls = flowers.map((one) => post('/classify', { features: [one] }))
      expect((await Promise.all(calls)).map(jsonOf)).toEqual(names)
      joined = (await requests(host)) - (await batches(host))
      if (!features.joinsRequests) break
    }
    expect(joined > 0).toBe(features.joinsRequests)
  })

  test('takes a compressed body', async () => {
    const { gzipSync } = await import('node:zlib')
    const answer = await host.send({
      method: 'POST',
      path: '/classify',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ features: [setosa] })),
    })
    expect([answer.status, jsonOf(answer)]).toEqual([200, ['setosa']])
  })

  test('takes the id of a request, and gives it back', async () => {
    const answer = await post('/classify', { features: [setosa] }, { 'x-request-id': 'from-afar' })
    expect(answer.headers['x-bentoml-request-id']).toBe('from-afar')
  })

  test('refuses a body that is no JSON', async () => {
    const answer = await host.send({
      method: 'POST',
      path: '/classify',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"features": ['),
    })
    expect([answer.status, jsonOf(answer)]).toMatchObject([400, { code: 'BODY_INVALID' }])
  })

  test('says where an input is wrong', async () => {
    const answer = await post('/classify', { features: [{ ...setosa, petal_width: 'wide' }] })
    expect(answer.status).toBe(400)
    expect(jsonOf(answer)).toMatchObject({
      code: 'INPUT_INVALID',
      detail: [{ loc: ['features', 0, 'petal_width'] }],
    })
  })

  test('has no other route, and no other method', async () => {
    expect((await post('/nothing', {})).status).toBe(404)
    const answer = await get('/classify')
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST'])
  })

  test('refuses what is no encoding that it knows', async () => {
    const answer = await post('/classify', {}, { 'content-encoding': 'snappy' })
    expect([answer.status, jsonOf(answer)]).toMatchObject([415, { code: 'MEDIA_TYPE_UNSUPPORTED' }])
  })

  test.each(['/livez', '/readyz', '/healthz'])('is well at %s', async (path) => {
    expect((await get(path)).status).toBe(200)
    const head = await get(path, 'HEAD')
    expect([head.status, head.body.length]).toEqual([200, 0])
  })

  test('describes itself', async () => {
    expect(jsonOf(await get('/schema.json'))).toMatchObject({ name: 'IrisClassifier' })
    expect(jsonOf(await get('/docs.json'))).toMatchObject({ openapi: expect.stringMatching(/^3/) })
    const page = await get('/')
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  })

  test('counts what it answered', async () => {
    const before = await requests(host)
    await post('/classify', { features: [setosa] })
    expect(await requests(host)).toBe(before + 1)
  })

  test('cuts a request that is larger than a batch, and puts it together again', async () => {
    const flowers = Array.from({ length: 70 }, (_, at) => (at % 3 === 0 ? virginica : setosa))
    const names = flowers.map((one) => (one === setosa ? 'setosa' : 'virginica'))
    expect(jsonOf(await post('/classify', { features: flowers }))).toEqual(names)
  })

  testFiles(() => host)
  testStreams(() => host, features)
  testErrors(() => host)
}

/** Requests of `classify` so far. */
function requests(host: Host): Promise<number> {
  return sum(host, /^bentoml_request_total\{.*"\/classify".*\} (\d+)$/gm)
}

/** Batches of `classify` so far. */
function batches(host: Host): Promise<number> {
  return sum(host, /^bentoml_runner_adaptive_batch_size_count\{.*"classify".*\} (\d+)$/gm)
}

async function sum(host: Host, pattern: RegExp): Promise<number> {
  const { body } = await host.send({
    method: 'GET',
    path: '/metrics',
    headers: {},
    body: Buffer.alloc(0),
  })
  return [...body.toString().matchAll(pattern)].reduce((all, [, count]) => all + Number(count), 0)
}
