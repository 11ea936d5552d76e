import { expect, test } from '@jest/globals'
import { service } from '../../src/sdk.ts'
import { pickService } from '../../src/service/pick-service.ts'

@service
class Iris {
  readonly kind = 'iris'
}

@service
class Spam {
  readonly kind = 'spam'
}

class Plain {
  readonly kind = 'plain'
}

test.each([
  [{ Iris, helper: 3, Plain }, undefined],
  [{ Iris, Spam }, 'Iris'],
  [{ default: Iris, Iris }, undefined],
  [{ default: Iris }, undefined],
  [{ default: Iris }, 'default'],
])('finds the service', (moduleExports, attr) => {
  expect(pickService(moduleExports, attr).name).toBe('Iris')
})

test.each<[object, string | undefined, string, string, string]>([
  [{}, undefined, 'SERVICE_NOT_FOUND', 'The module exports no service', '@service()'],
  [{ Plain }, undefined, 'SERVICE_NOT_FOUND', 'no service: Plain lack @service', 'class Plain'],
  [{ Iris }, 'Irsi', 'SERVICE_NOT_FOUND', 'does not export "Irsi"', 'Name Iris instead'],
  [{ Iris }, 'Completely', 'SERVICE_NOT_FOUND', '"Completely"', 'the module exports Iris'],
  [{}, 'Iris', 'SERVICE_NOT_FOUND', 'does not export "Iris"', 'exports no service'],
  [{ Plain }, 'Plain', 'SERVICE_NOT_FOUND', 'a class without @service', 'class Plain'],
  [{ Plain: 3 }, 'Plain', 'SERVICE_NOT_FOUND', 'not a class', '@service()'],
  [
    { Spam, Iris },
    undefined,
    'SERVICE_AMBIGUOUS',
    'several services: Iris, Spam',
    'service.ts:Iris',
  ],
])('says what is there and what to write', (...[moduleExports, attr, code, message, hint]) => {
  expect(() => pickService(moduleExports, attr)).toThrow(
    expect.objectContaining({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  )
})

test.each([[undefined], [null], ['module']])('finds nothing in %p', (moduleExports) => {
  expect(() => pickService(moduleExports)).toThrow(
    expect.objectContaining({ code: 'SERVICE_NOT_FOUND' }),
  )
})
