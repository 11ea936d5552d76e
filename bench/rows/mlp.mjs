import { ok } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { buildBento } from '../lib/bento.mjs'
import { createFloats } from '../lib/random.mjs'
import { makeModel } from '../mlp/make-model.mjs'
import { createLayers, differenceOf, forward } from '../mlp/network.mjs'

const context = fileURLToPath(new URL('../mlp', import.meta.url))

export const mlp = {
  name: 'mlp',
  async prepare(home) {
    const model = { name: 'mlp', file: await makeModel() }
    const folder = await buildBento({ home, model, context })
    const input = createFloats(128, 1)
    const expected = forward(createLayers(), Float32Array.from(input))
    return {
      cwd: folder,
      args: ['dist/service.mjs'],
      env: { BENTO_HOME: home },
      request: {
        path: '/predict',
        body: JSON.stringify({ x: [input] }),
        check: (answer) => ok(differenceOf(answer[0], expected) < 1e-4, 'a wrong prediction'),
      },
    }
  },
}
