import { type Case, failed, get, oneShape, plain, post } from './case.ts'

export const protocol: readonly Case[] = [
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
]
