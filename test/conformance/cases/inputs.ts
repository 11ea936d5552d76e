import { type Case, failed, oneShape, plain, post } from './case.ts'

export const inputs: readonly Case[] = [
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
]
