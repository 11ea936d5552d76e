import { ok } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { buildBento } from '../lib/bento.mjs'
import { createFloats } from '../lib/random.mjs'
import { makeModel, networks } from '../mlp/make-model.mjs'
import { createLayers, differenceOf, forward } from '../mlp/network.mjs'

export const mlp = { name: 'mlp', prepare: (home) => prepareNetwork('mlp', home) }

/** A built bento that serves one of the networks; one row in each request. */
export async function prepareNetwork(name, home) {
  const file = await makeModel(name)
  const context = fileURLToPath(new URL(`../${name}`, import.meta.url))
  const folder = await buildBento({ home, model: { name, file }, context })
  const input = createFloats(128, 1)
  const expected = forward(createLayers(networks[name]), Float32Array.from(input))
  return {
    cwd: folder,
    args: ['dist/service.mjs'],
    env: { BENTO_HOME: home },
    model: file,
    request: {
      path: '/predict',
      body: JSON.stringify({ x: [input] }),
      check: (answer) => ok(differenceOf(answer[0], expected) < 1e-4, 'a wrong prediction'),
    },
  }
}
