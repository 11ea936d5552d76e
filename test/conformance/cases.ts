/** What is sent. */
export interface Asked {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What must come back; what is not said is not looked at. */
export interface Expected {
  readonly status: number
  readonly text?: string
  readonly json?: object
  /** A text, a pattern, or null for a header that must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | null>>
}

export interface Case {
  /** Number in the reference; several rows may be of one case. */
  readonly id: number
  readonly what: string
  readonly asked: Asked
  readonly expected: Expected
  /** Where BentoML answers otherwise: how, and why bento does not. */
  readonly deviation?: string
}

/** `undefined` stands for no body. */
const post = (path: string, body: unknown, headers = {}): Asked => ({
  path,
  headers: { 'content-type': 'application/json', ...headers },
  ...(body !== undefined && { body: JSON.stringify(body) }),
})
const get = (path: string, method = 'GET'): Asked => ({ path, method })
/** A part of an error's body. */
const failed = (code: string, error?: string, detail?: unknown): object => ({
  code,
  ...(error !== undefined && { error }),
  ...(detail !== undefined && { detail }),
})

const oneShape = 'an error is always { error, code, detail? }, not an array or a text'
const plain = 'text/plain; charset=utf-8'

export const cases: readonly Case[] = [
  ...['/livez', '/healthz', '/readyz'].map((path) => ({
    id: 1,
    what: `GET ${path}`,
    asked: get(path),
    expected: { status: 200, text: '\n', headers: { 'content-type': plain, server: null } },
  })),
  {
    id: 2,
    what: 'HEAD /readyz',
    asked: get('/readyz', 'HEAD'),
    expected: { status: 200, text: '' },
  },
  {
    id: 2,
    what: 'POST /readyz',
    asked: get('/readyz', 'POST'),
    expected: { status: 405, headers: { allow: 'GET, HEAD' } },
  },
  {
    id: 3,
    what: 'a path that is none',
    asked: get('/nope'),
    expected: { status: 404, json: failed('ROUTE_NOT_FOUND', 'No route is at "/nope"') },
    deviation: `BentoML: the text Not Found; ${oneShape}`,
  },
  {
    id: 4,
    what: 'GET on a method',
    asked: get('/greet'),
    expected: { status: 405, json: failed('METHOD_NOT_ALLOWED'), headers: { allow: 'POST' } },
    deviation: `BentoML: the text Method Not Allowed; ${oneShape}`,
  },
  {
    id: 5,
    what: 'a slash too many',
    asked: post('/greet/?a=1', {}),
    expected: { status: 307, headers: { location: '/greet?a=1' } },
    deviation: 'BentoML: an absolute URL made of the Host header, which a client can forge',
  },
  {
    id: 7,
    what: 'GET /docs.json',
    asked: get('/docs.json'),
    expected: {
      status: 200,
      json: {
        openapi: '3.1.0',
        paths: {
          '/greet': { post: { operationId: 'Main__greet', tags: ['Service APIs'] } },
          '/readyz': { get: { tags: ['Infrastructure'] } },
        },
      },
    },
    deviation: 'BentoML: 3.0.2, which cannot say what JSON Schema 2020-12 says',
  },
  {
    id: 8,
    what: 'GET /',
    asked: get('/'),
    expected: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } },
  },
  {
    id: 9,
    what: 'no parameters',
    asked: post('/greet', {}),
    expected: {
      status: 200,
      text: 'hello world',
      headers: {
        'content-type': plain,
        'content-length': '11',
        server: 'BentoML Service/Main',
        'x-bentoml-request-id': /^[0-9a-f]{16}$/,
        'x-bentoml-trace-id': null,
      },
    },
  },
  {
    id: 9,
    what: 'no body, no content type',
    asked: { path: '/greet' },
    expected: { status: 200, text: 'hello world' },
  },
  {
    id: 10,
    what: 'a root that is no text',
    asked: post('/add', { a: 1, b: 2 }),
    expected: { status: 200, text: '3', headers: { 'content-type': 'application/json' } },
  },
  {
    id: 10,
    what: 'a number as text',
    asked: post('/add', { a: 1, b: '2' }),
    expected: { status: 400, json: failed('INPUT_INVALID', undefined, [{ loc: ['b'] }]) },
    deviation:
      'BentoML: 3; whether "2" is a number is for the schema to say, as z.coerce.number() does',
  },
  {
    id: 11,
    what: 'a missing parameter',
    asked: post('/add', { a: 1 }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', '1 validation error for Input', [
        { type: 'missing', loc: ['b'], msg: 'Field required' },
      ]),
    },
  },
  {
    id: 12,
    what: 'two missing parameters',
    asked: post('/add', {}),
    expected: { status: 400, json: failed('INPUT_INVALID', '2 validation errors for Input') },
    deviation: 'BentoML: "2 validation error"',
  },
  {
    id: 13,
    what: 'a fraction for a whole number',
    asked: post('/add', { a: 1.5, b: 2 }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'int_from_float', loc: ['a'] }]),
    },
  },
  {
    id: 13,
    what: 'null for a whole number',
    asked: post('/add', { a: null, b: 2 }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'float_type', loc: ['a'] }]),
    },
    deviation: 'BentoML: int_type; to zod null is first of all no number',
  },
  {
    id: 13,
    what: 'a whole number with a decimal point',
    asked: { ...post('/add', undefined), body: '{"a":1.0,"b":1}' },
    expected: { status: 200, text: '2' },
  },
  {
    id: 13,
    what: 'a truth for a whole number',
    asked: post('/add', { a: 1, b: true }),
    expected: { status: 400, json: failed('INPUT_INVALID') },
    deviation: 'BentoML: 2; whether true is 1 is for the schema to say',
  },
  {
    id: 14,
    what: 'what is no JSON',
    asked: { ...post('/add', undefined), body: '{bad' },
    expected: {
      status: 400,
      json: failed('BODY_INVALID', undefined, [{ type: 'json_invalid', loc: [] }]),
    },
  },
  ...[[1, 2], null].map((body) => ({
    id: 14,
    what: `${JSON.stringify(body)} for an object`,
    asked: post('/add', body),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'model_type', loc: [] }]),
    },
  })),
  {
    id: 15,
    what: 'a key that nobody asked for',
    asked: post('/add', { a: 1, b: 2, c: 3 }),
    expected: { status: 200, text: '3' },
  },
  {
    id: 16,
    what: 'a content type in capitals',
    asked: post('/add', { a: 1, b: 2 }, { 'content-type': 'APPLICATION/JSON; charset=utf-8' }),
    expected: { status: 200, text: '3' },
  },
  ...['text/plain', 'application/vnd.bentoml+arrow'].map((type) => ({
    id: 16,
    what: `parameters as ${type}`,
    asked: post('/add', { a: 1, b: 2 }, { 'content-type': type }),
    expected: { status: 415, json: failed('MEDIA_TYPE_UNSUPPORTED') },
    deviation: 'BentoML: read as JSON; only what is known to be JSON is parsed as JSON',
  })),
  {
    id: 19,
    what: 'a pickle',
    asked: post('/add', {}, { 'content-type': 'application/vnd.bentoml+pickle' }),
    expected: { status: 415, json: failed('MEDIA_TYPE_UNSUPPORTED') },
    deviation: oneShape,
  },
  {
    id: 20,
    what: 'a number above its bound',
    asked: post('/greet', { times: 9 }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'less_than_equal', loc: ['times'] }]),
    },
  },
  {
    id: 21,
    what: 'an object in an object',
    asked: post('/item', { item: { name: 'é', price: 2.5 } }),
    expected: { status: 200, text: '{"name":"é","price":2.5,"tags":null}' },
  },
  {
    id: 21,
    what: 'a wrong object in an object',
    asked: post('/item', { item: { name: 'a', price: 'x' } }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ loc: ['item', 'price'] }]),
    },
  },
  {
    id: 22,
    what: 'an object at the root',
    asked: post('/item_root', { name: 'a', price: 2.5 }),
    expected: { status: 200, json: { name: 'a', price: 2.5, tags: null } },
  },
  {
    id: 22,
    what: 'a wrong object at the root',
    asked: post('/item_root', { price: 2 }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', '1 validation error for Input', [
        { type: 'missing', loc: ['name'] },
      ]),
    },
    deviation: 'BentoML: "for ItemIODescriptor", a name of its own inside',
  },
  {
    id: 23,
    what: 'text at the root',
    asked: { path: '/root_str', headers: { 'content-type': 'text/plain' }, body: 'abc' },
    expected: { status: 200, text: 'ABC', headers: { 'content-type': plain } },
  },
  {
    id: 23,
    what: 'JSON for a text at the root',
    asked: post('/root_str', 'abc'),
    expected: { status: 200, text: 'ABC' },
    deviation: 'BentoML: "ABC" with its quotes; what says that it is JSON is read as JSON',
  },
  {
    id: 24,
    what: 'a list at the root',
    asked: post('/root_list', [1, 2, 3]),
    expected: { status: 200, json: [3, 2, 1] },
  },
  {
    id: 24,
    what: 'an object for a list',
    asked: post('/root_list', { xs: [1] }),
    expected: {
      status: 400,
      json: failed('INPUT_INVALID', undefined, [{ type: 'list_type', loc: ['root'] }]),
    },
  },
  {
    id: 24,
    what: 'nothing for a list',
    asked: post('/root_list', undefined),
    expected: { status: 400, json: failed('INPUT_INVALID') },
  },
  {
    id: 25,
    what: 'an array',
    asked: post('/arr_t', {
      x: [
        [1, 2],
        [3, 4],
      ],
    }),
    expected: {
      status: 200,
      json: [
        [2, 4],
        [6, 8],
      ],
    },
  },
  ...[
    { what: 'an array of three values', x: [1, 2, 3] },
    { what: 'a ragged array', x: [[1, 2], [3]] },
  ].map(({ what, x }) => ({
    id: 25,
    what,
    asked: post('/arr_t', { x }),
    expected: { status: 400, json: failed('INPUT_INVALID') },
  })),
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
