import { expect, test } from '@jest/globals'
import {
  BadInput,
  InternalServerError,
  InvalidArgument,
  NotFound,
  ServiceError,
  ServiceUnavailable,
  UnprocessableEntity,
} from '../../src/sdk.ts'
import { isServiceError } from '../../src/service/service-error.ts'

test.each([
  [new InvalidArgument('no'), 400, 'INVALID_ARGUMENT'],
  [new BadInput('no'), 400, 'BAD_INPUT'],
  [new NotFound('no'), 404, 'NOT_FOUND'],
  [new UnprocessableEntity('no'), 422, 'UNPROCESSABLE_ENTITY'],
  [new InternalServerError('no'), 500, 'INTERNAL_SERVER_ERROR'],
  [new ServiceUnavailable('no'), 503, 'SERVICE_UNAVAILABLE'],
  [new ServiceError(418, 'no', { code: 'TEAPOT' }), 418, 'TEAPOT'],
  [new ServiceError(418, 'no'), 418, 'SERVICE_ERROR'],
])('%s answers %d', (error, status, code) => {
  expect(error).toMatchObject({ status, code, message: 'no', headers: {}, detail: undefined })
  expect(isServiceError(error)).toBe(true)
})

test.each([200, 302, 399, 600, NaN, 404.5])('never answers %d', (status) => {
  expect(new ServiceError(status, 'no').status).toBe(500)
})

test('is told by its brand, since there are several copies of the class', () => {
  class Own extends NotFound {}
  expect(isServiceError(new Own('no'))).toBe(true)
  expect(new Own('no').name).toBe('Own')
  expect(isServiceError(new Error('no'))).toBe(false)
  expect(isServiceError(null)).toBe(false)
})

test('keeps its cause, details and headers', () => {
  const cause = new Error('inner')
  const detail = [{ type: 'value_error', loc: ['x'], msg: 'no' }]
  const headers = { 'x-reason': 'none' }
  expect(new BadInput('no', { cause, detail, headers })).toMatchObject({ cause, detail, headers })
})
