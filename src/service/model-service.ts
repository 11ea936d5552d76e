import { compileApi } from './api.ts'
import { hasAnswer, predictionOf, probabilitiesOf } from './model-answers.ts'
import type { ModelInfo } from './model-host.ts'
import { inputSchemas, outputSchema, rowSchema } from './model-schema.ts'
import type { ModelHandle } from './models.ts'
import { getModel } from './models.ts'
import type { Parameters, Schema } from './schema-types.ts'
import { defineService } from './service.ts'

export interface ModelServiceOptions extends Pick<
  ModelInfo,
  'tag' | 'inputs' | 'outputs' | 'signatures'
> {
  /** Default: the model's name. */
  readonly name?: string
  readonly description?: string
}

/**
 * A service that is a model and nothing else: an endpoint for each of its signatures. `predict` answers labels or numbers,
 * `predict_proba` probabilities, any other signature all outputs by name. What `bento serve --model` serves is made of it.
 *
 * @example
 * ```ts
 * export const Iris = modelService({
 *   tag: 'iris_classifier:v1',
 *   inputs: [{ name: 'features', dtype: 'float32', shape: [null, 4] }],
 *   outputs: [{ name: 'label', dtype: 'string', shape: [null] }],
 *   signatures: { predict: { batchable: true, batch_dim: 0 } },
 * })
 * ```
 */
export function modelService(options: ModelServiceOptions): new () => object {
  const { tag, name = nameOf(tag), description = `The model ${tag}.` } = options
  const model = getModel(tag)
  const endpoints = Object.keys(options.signatures)
    .toSorted()
    .map((signature) => toEndpoint(signature, options))
  const methods = Object.fromEntries(
    endpoints.map((endpoint) => [endpoint.name, (input: Given) => endpoint.run(model, input)]),
  )
  // oxlint-disable-next-line typescript/no-extraneous-class -- because a service is found by its class
  return defineService(class {}, {
    name,
    description,
    options: {},
    apis: endpoints.map((endpoint) => compileApi(endpoint.name, endpoint, endpoint.run)),
    mounts: [],
    startup: [],
    alive: [],
    ready: [],
    shutdown: [],
    construct: () => methods,
  })
}

type Given = Readonly<Record<string, never>>

interface Endpoint {
  readonly name: string
  readonly description: string
  readonly input: Parameters
  readonly output: Schema
  readonly run: (model: ModelHandle, input: Given) => Promise<unknown>
}

/** Names of signatures that mean the same in every framework. */
const predicts = /^predict$/i
const predictsProbabilities = /^predict_?proba$/i

function toEndpoint(name: string, options: ModelServiceOptions): Endpoint {
  const { tag, inputs, outputs } = options
  const { input, toFeeds } = inputSchemas(inputs)
  const common = { name, input }
  if (predicts.test(name) && hasAnswer(predictionOf, options)) {
    return {
      ...common,
      description: `What ${tag} predicts for each row.`,
      output: rowSchema(outputs, predictionOf(options)),
      run: (model, given) => model.predict(toFeeds(given)),
    }
  }
  if (predictsProbabilities.test(name) && hasAnswer(probabilitiesOf, options)) {
    return {
      ...common,
      description: `The probability of each class, for each row, by ${tag}.`,
      output: rowSchema(outputs, probabilitiesOf(options)),
      run: (model, given) => model.predictProba(toFeeds(given)),
    }
  }
  return {
    ...common,
    description: `All that ${tag} gives.`,
    output: outputSchema(outputs),
    run: (model, given) => model.run(toFeeds(given)),
  }
}

function nameOf(tag: string): string {
  return tag.split(':', 1)[0] ?? tag
}
