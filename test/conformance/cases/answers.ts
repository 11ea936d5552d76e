import { type Case, failed, oneShape, post } from './case.ts'

export const answers: readonly Case[] = [
  ...(
    [
      ['invalid', 400, 'INVALID_ARGUMENT', 'It is invalid'],
      ['badinput', 400, 'BAD_INPUT', 'It is bad'],
      ['notfound', 404, 'NOT_FOUND', 'It is not there'],
      ['unproc', 422, 'UNPROCESSABLE_ENTITY', 'It cannot be'],
      ['teapot', 418, 'SERVICE_ERROR', 'It is a teapot'],
    ] as const
  ).map(([kind, status, code, error]) => ({
    id: 27,
    what: `an error of kind ${kind}`,
    asked: post('/err', { kind }),
    expected: { status, json: { error, code } },
    deviation: oneShape,
  })),
  ...(
    [
      ['auth', 401, 'Who are you'],
      ['forbid', 403, 'Not you'],
    ] as const
  ).map(([kind, status, error]) => ({
    id: 28,
    what: `an error of kind ${kind}`,
    asked: post('/err', { kind }),
    expected: { status, json: { error, code: 'SERVICE_ERROR' } },
    deviation:
      'BentoML: "Authorization error"; the message is the one that the service chose to show',
  })),
  {
    id: 29,
    what: 'an error of kind unavail',
    asked: post('/err', { kind: 'unavail' }),
    expected: { status: 503, json: { error: 'It is down', code: 'SERVICE_UNAVAILABLE' } },
    deviation: "BentoML hides a 503's reason; a caller that shall come back may know why",
  },
  {
    id: 29,
    what: 'an error that nobody foresaw',
    asked: post('/err', { kind: 'value' }),
    expected: {
      status: 500,
      json: { error: 'The service failed; its log says more', code: 'INTERNAL' },
    },
  },
  {
    id: 30,
    what: 'an answer of the wrong type',
    asked: post('/err', { kind: 'badret' }),
    expected: { status: 500, json: failed('OUTPUT_INVALID') },
    deviation:
      "BentoML: 400; the client has done nothing wrong, and the service's log says which field",
  },
  {
    id: 31,
    what: 'a call that takes too long',
    asked: post('/slow', { s: 2 }),
    expected: {
      status: 504,
      json: { error: 'Not able to process the request in 0.5 seconds', code: 'TIMEOUT' },
      headers: { 'x-bentoml-request-id': /^[0-9a-f]{16}$/ },
    },
    deviation: 'BentoML: without a request id, by which the log could be searched',
  },
  {
    id: 33,
    what: 'a stream that takes longer than the timeout',
    asked: post('/slow_stream', {}),
    expected: { status: 200, text: 'chunk0chunk1chunk2chunk3' },
  },
  {
    id: 35,
    what: 'a stream that fails before its first item',
    asked: post('/stream_err', {}),
    expected: { status: 400, json: { error: 'Not today', code: 'INVALID_ARGUMENT' } },
    deviation: oneShape,
  },
  {
    id: 36,
    what: 'a method that uses its context',
    asked: post('/ctxapi', { a: 7 }, { 'x-in': 'yes' }),
    expected: {
      status: 202,
      json: { in: 'yes', a: 7 },
      headers: { 'x-foo': 'bar', 'set-cookie': 'k=v; Path=/; SameSite=lax' },
    },
  },
  { id: 40, what: 'nothing', asked: post('/none', {}), expected: { status: 200, text: 'null' } },
  {
    id: 40,
    what: 'null',
    asked: post('/opt', { x: null }),
    expected: { status: 200, text: 'null' },
  },
  {
    id: 41,
    what: 'a route of its own',
    asked: post('/v1/custom', { x: 5 }),
    expected: { status: 200, text: '5' },
  },
  {
    id: 43,
    what: 'a batch that fails',
    asked: post('/failing_batch', { rows: [1] }),
    expected: { status: 400, json: { error: 'No batch of object', code: 'INVALID_ARGUMENT' } },
    deviation: oneShape,
  },
]
