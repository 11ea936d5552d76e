import type { OwnFile, Scratch } from '../io/file-value.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** A body whole, or as it comes. */
export type RequestBody = Buffer | AsyncIterable<Uint8Array>

/** What reading a body may need besides it. */
export interface RequestResources {
  /** A Context is one. */
  readonly scratch: Scratch
  /** What the path says: it goes before what the body says of the same parameters. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** Absent where files are not fetched for clients. */
  readonly fetchFile?: (url: string) => Promise<OwnFile>
}

/** What a client would like of an answer. */
export interface AnswerWishes {
  /** The header. */
  readonly accept?: string | undefined
  /** How NaN and the infinities are written, for which JSON has no words: as Python does, or as null. */
  readonly nonFinite?: NonFinite | undefined
}

export type NonFinite = 'null' | 'token'

/** A method's answer as a body. */
export interface EncodedBody {
  readonly contentType: string
  readonly body: Buffer | AsyncIterable<Uint8Array>
  /** What a file says besides: how to show it; how long it is, when its body is no Buffer. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Everything that reads or writes the bodies of one method. Compiled once from its schemas; no other
 * code looks at a body. `decode` and `encode` answer at once unless a schema is asynchronous.
 */
export interface Codec {
  /**
   * Body to the method's first argument: an object of named parameters, or the root value.
   * Throws BODY_INVALID, MEDIA_TYPE_UNSUPPORTED, or INPUT_INVALID with one detail for each problem.
   */
  decode(body: RequestBody, contentType: string | undefined, resources?: RequestResources): unknown
  /** The method's answer to a body. Throws OUTPUT_INVALID with one detail for each problem. */
  encode(value: unknown, wishes?: AnswerWishes): EncodedBody | Promise<EncodedBody>
  /** JSON Schema (2020-12) of the input, `type: object` for named parameters. */
  readonly input: JsonSchema
  readonly output: JsonSchema
  /** True when the body is one value, false when it is an object of named parameters. */
  readonly isRootInput: boolean
  /** Content types that `decode` accepts and `encode` writes, for the OpenAPI document. */
  readonly inputTypes: readonly string[]
  readonly outputType: string
  /** Joins and splits the method's first argument and its answers; present when the method is batchable. */
  readonly batch?: BatchAxis
}

/** How values are joined along their first axis: arrays and tensors. */
export interface BatchAxis {
  /** Rows in one decoded input. */
  rows(input: unknown): number
  /** Inputs that have the same key may share a batch: dtype and trailing shape for tensors, one key for arrays. */
  key(input: unknown): string
  joinInputs(inputs: readonly unknown[]): unknown
  /** Rows `from` up to `to` of an input. */
  sliceInput(input: unknown, from: number, to: number): unknown
  /** Cuts an answer into parts of these lengths. Throws OUTPUT_INVALID unless it has exactly as many rows. */
  splitOutput(output: unknown, lengths: readonly number[]): unknown[]
  /** Joins the parts of one request's answer again. */
  joinOutputs(outputs: readonly unknown[]): unknown
}
