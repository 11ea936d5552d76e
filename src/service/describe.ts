import { BentoError, isBentoError, messageOf } from '../errors.ts'
import type { JsonSchema } from './codec/codec.ts'
import type { ApiDefinition, ServiceDefinition } from './definition.ts'
import type { ModelHost } from './model-host.ts'
import { bindModelHost, requestedModels } from './models.ts'
import { pickService } from './pick-service.ts'
import type { StreamFormat } from './stream.ts'

/** A service as plain data: what a build writes down, and what the server says of it. */
export interface ServiceDescription {
  readonly name: string
  readonly description: string
  /** The options of `@service` as written. */
  readonly options: Readonly<Record<string, unknown>>
  /** Sorted by name. */
  readonly apis: readonly ApiDescription[]
  /** Paths of apps that are mounted. */
  readonly mounts: readonly string[]
  /** Tags that the service asks for, sorted. */
  readonly models: readonly string[]
}

export interface ApiDescription {
  readonly name: string
  readonly route: string
  readonly description: string
  readonly batchable: boolean
  readonly maxBatchSize: number
  readonly maxLatencyMs: number
  readonly input: JsonSchema
  readonly output: JsonSchema
  readonly isRootInput: boolean
  readonly inputTypes: readonly string[]
  readonly outputType: string
  /** Present when it answers bit by bit; `output` is that of each item. */
  readonly stream?: StreamFormat
}

/**
 * Imports a service and constructs its class once, where no model can run: fields that hold `models.get` ask for
 * their tags only then.
 */
export async function describeService(
  load: () => Promise<unknown>,
  attr?: string,
): Promise<ServiceDescription> {
  const before = bindModelHost(describeHost)
  try {
    const definition = pickService(await load(), attr)
    construct(definition)
    return describeDefinition(definition)
  } finally {
    bindModelHost(before)
  }
}

export function describeDefinition(definition: ServiceDefinition): ServiceDescription {
  const { name, description, options, apis, mounts } = definition
  return {
    name,
    description,
    options: toPlain(name, options),
    apis: apis.map(describeApi),
    mounts: mounts.map(({ path }) => path),
    models: requestedModels(),
  }
}

function describeApi({ codec, ...api }: ApiDefinition): ApiDescription {
  const { input, output, isRootInput, inputTypes, outputType } = codec
  const { name, route, description, batchable, maxBatchSize, maxLatencyMs, stream } = api
  return {
    name,
    route,
    description,
    batchable,
    maxBatchSize,
    maxLatencyMs,
    input,
    output,
    isRootInput,
    inputTypes,
    outputType,
    ...(stream === undefined ? {} : { stream }),
  }
}

function construct({ name, construct: create }: ServiceDefinition): void {
  try {
    create()
  } catch (error) {
    const reason = isBentoError(error) ? error.message : `it threw "${messageOf(error)}"`
    throw new BentoError('SERVICE_INVALID', `${name} cannot be constructed: ${reason}`, {
      hint: 'Only wire things together in the constructor and the fields; do work in a method with @onStartup.',
      cause: error,
    })
  }
}

/** Options end up in a manifest, so they must be what JSON can say. */
function toPlain(name: string, options: object): Record<string, unknown> {
  try {
    const text = JSON.stringify(options)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because an object's JSON is an object's
    return JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw new BentoError('SERVICE_INVALID', `The options of ${name} are not plain data`, {
      hint: 'Give @service only strings, numbers, booleans, lists and objects of these.',
      cause: error,
    })
  }
}

const describeHost: ModelHost = {
  run: async (tag) => refuse(tag),
  info: (tag) => refuse(tag),
  path: (tag) => refuse(tag),
}

function refuse(tag: string): never {
  throw new BentoError('SERVICE_INVALID', `Model "${tag}" is used before the service is served`, {
    hint: 'Use models in the methods of the service, or in one with @onStartup.',
  })
}
