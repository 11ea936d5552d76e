import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BatchContext, Context } from './context.ts'

/** A schema of any library that follows Standard Schema: zod, valibot, arktype, and bento's own `tensor`. */
export type Schema = StandardSchemaV1

/** Named parameters. */
export type Parameters = Readonly<Record<string, Schema>>

/** What `input` may be: named parameters, or one schema for the whole body. */
export type InputSchema = Parameters | Schema

/** What a method without `input` is given. */
export type NoInput = Readonly<Record<string, never>>

/** A method's first argument: what its schemas make of the body. */
export type InputOf<Input extends InputSchema> = Input extends Schema
  ? StandardSchemaV1.InferOutput<Input>
  : Input extends Parameters
    ? ParametersOf<Input>
    : never

/** A parameter that may be absent is an optional key, left out when the client leaves it out. */
type ParametersOf<Input extends Parameters> = Flat<
  {
    [Name in keyof Input as IsOptional<Input[Name]> extends true ? never : Name]: Parsed<
      Input[Name]
    >
  } & {
    [Name in keyof Input as IsOptional<Input[Name]> extends true ? Name : never]?: Exclude<
      Parsed<Input[Name]>,
      undefined
    >
  }
>

type Parsed<One extends Schema> = StandardSchemaV1.InferOutput<One>

// `unknown` and `any` hold undefined too, and are none the less always there.
type IsOptional<One extends Schema> =
  unknown extends Parsed<One> ? false : undefined extends Parsed<One> ? true : false

type Flat<Value> = { [Key in keyof Value]: Value[Key] }

/**
 * What a method may return: what its output schema takes, or anything when it has none. Of a stream it is what each
 * item has to be.
 */
export type AnswerOf<Output extends Schema | undefined> = Output extends Schema
  ? OneOrMany<StandardSchemaV1.InferInput<Output>>
  : unknown

type OneOrMany<Item> = Item | Items<Item> | Promise<Item | Items<Item>>

// No other iterables: a list is no stream, and a string is one answer.
type Items<Item> = AsyncIterable<Item> | Generator<Item, unknown, never>

/** A method's second argument. */
export type ContextOf<Batchable extends boolean> = Batchable extends true ? BatchContext : Context
