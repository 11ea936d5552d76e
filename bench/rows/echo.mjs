import { deepStrictEqual } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { createFloats } from '../lib/random.mjs'

const input = { x: [createFloats(128, 1)] }

export const echo = {
  name: 'echo',
  async prepare() {
    return {
      args: [fileURLToPath(new URL('../servers/echo.mjs', import.meta.url))],
      request: {
        path: '/echo',
        body: JSON.stringify(input),
        check: (answer) => deepStrictEqual(answer, input),
      },
    }
  },
}
