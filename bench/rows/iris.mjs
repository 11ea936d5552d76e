import { deepStrictEqual } from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildBento } from '../lib/bento.mjs'

const example = new URL('../../examples/iris/', import.meta.url)

export const iris = {
  name: 'iris',
  async prepare(home) {
    const model = {
      name: 'iris_classifier',
      file: fileURLToPath(new URL('iris_classifier.onnx', example)),
    }
    const folder = await buildBento({ home, model, context: fileURLToPath(example) })
    const [first] = JSON.parse(await readFile(new URL('expected.json', example), 'utf8'))
    return {
      model: model.file,
      cwd: folder,
      args: ['dist/service.mjs'],
      env: { BENTO_HOME: home },
      request: {
        path: '/classify',
        body: JSON.stringify({ features: [first.features] }),
        check: (answer) => deepStrictEqual(answer, [first.label]),
      },
    }
  },
}
