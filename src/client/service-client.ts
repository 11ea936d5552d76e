import type { Tensor, TensorData } from '../lib/tensor.ts'
import type { UploadedFile } from '../service/io/file-value.ts'
import type { TensorLike } from '../service/tensor-schema.ts'

/**
 * A service as who calls it sees it: each method of the class takes what its first argument is made of, and gives what
 * it answers after both went over the wire.
 */
export type ServiceClient<Service> = Endpoints<Service> & ClientControls

/** Each method of a service; one that is named as a control has `api_` before its name. */
type Endpoints<Service> = {
  readonly [Name in MethodNames<Service> as Reachable<Name>]: Endpoint<Service[Name]>
}

type Reachable<Name extends string> = Name extends keyof ClientControls | 'then'
  ? `api_${Name}`
  : Name

interface ClientControls {
  /** Closes the connections; calls that are under way fail. */
  close(): Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export interface CallOptions {
  /**
   * Milliseconds in which the answer must be there; of a stream, its first item. The service learns of it, and refuses
   * at once what it could not finish in time.
   */
  readonly timeoutMs?: number
  /** Ends the call, or the stream, when it is aborted. */
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

type MethodNames<Service> = {
  [Name in keyof Service]: Service[Name] extends (...given: never[]) => unknown ? Name : never
}[keyof Service] &
  string

type Endpoint<Method> = Method extends (...given: infer Given) => infer Answer
  ? Call<FirstOf<Given>, AnswerOf<Answer>>
  : never

type FirstOf<Given extends readonly unknown[]> = Given extends readonly []
  ? Nothing
  : Given extends readonly [(infer First)?, ...unknown[]]
    ? Sent<First>
    : never

type Nothing = Readonly<Record<string, never>>

/** Parameters that may all be absent may be left out as a whole. */
type Call<Input, Answer> = Nothing extends Input
  ? (input?: Input, options?: CallOptions) => Answer
  : (input: Input, options?: CallOptions) => Answer

type AnswerOf<Returned> =
  Returned extends AsyncIterable<infer Item>
    ? AsyncIterable<Received<Item>>
    : Returned extends Iterator<infer Item, unknown, unknown>
      ? AsyncIterable<Received<Item>>
      : Promise<Whole<Awaited<Returned>>>

/** JSON has no word for undefined: nothing is null. */
type Whole<Answer> = [Answer] extends [void]
  ? null
  : undefined extends Answer
    ? Received<Exclude<Answer, undefined>> | null
    : Received<Answer>

type Plain = string | number | boolean | null | undefined

/** A file to send. A Blob says its type, a File its name too. */
export type FileInput = Blob | Uint8Array

/** What a client may give where a method gets a `Value`. */
export type Sent<Value> = unknown extends Value
  ? Value
  : Value extends Plain
    ? Value
    : Value extends Tensor
      ? TensorLike
      : Value extends UploadedFile | Blob | Uint8Array
        ? FileInput
        : Value extends bigint
          ? bigint | number
          : Value extends Date
            ? Date | string
            : { readonly [Key in keyof Value]: Sent<Value[Key]> }

/** What a client gets where a method gives a `Value`. */
export type Received<Value> = unknown extends Value
  ? Value
  : Value extends Plain
    ? Value
    : Value extends UploadedFile | Blob
      ? File
      : Value extends Uint8Array
        ? Uint8Array
        : Value extends Tensor | Exclude<TensorData, string[]>
          ? Tensor
          : Value extends Date
            ? string
            : Value extends bigint
              ? bigint
              : { -readonly [Key in keyof Value]: Received<Value[Key]> }
