import { afterEach, expect, test } from '@jest/globals'
import { z } from 'zod'
import { argumentsVariable, useArguments } from '../../src/service/arguments.ts'

afterEach(() => {
  delete process.env[argumentsVariable]
})

test('gives the arguments that a service was built with', () => {
  expect(useArguments()).toEqual({})
  process.env[argumentsVariable] = '{"size":"2"}'
  expect(useArguments()).toEqual({ size: '2' })
  const { size } = useArguments(
    z.object({ size: z.coerce.number(), name: z.string().default('x') }),
  )
  expect(size).toBe(2)
})

test('a wrong argument says what is wrong and where to set it', () => {
  process.env[argumentsVariable] = '{"size":"huge"}'
  expect(() => useArguments(z.object({ size: z.enum(['small', 'large']) }))).toThrow(
    expect.objectContaining({
      code: 'SERVICE_INVALID',
      message: expect.stringMatching(/^The service's arguments are not right: size: /),
      hint: expect.stringContaining('--arg NAME=VALUE'),
    }),
  )
})
