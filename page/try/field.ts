import type { Schema } from './schema.ts'

/** What stands in one place of a form: its kind, and what has been typed. Never changed, only replaced. */
export type Field =
  | { readonly type: 'text'; readonly schema: Schema; readonly text: string }
  | { readonly type: 'number'; readonly schema: Schema; readonly text: string }
  | { readonly type: 'json'; readonly schema: Schema; readonly text: string; readonly hint: string }
  | { readonly type: 'flag'; readonly schema: Schema; readonly isOn: boolean }
  | {
      readonly type: 'choice'
      readonly schema: Schema
      readonly options: readonly unknown[]
      readonly at: number
    }
  | {
      readonly type: 'file'
      readonly schema: Schema
      readonly accept: string
      readonly isMany: boolean
      readonly files: readonly File[]
    }
  | { readonly type: 'object'; readonly schema: Schema; readonly entries: readonly Entry[] }
  | {
      readonly type: 'list'
      readonly schema: Schema
      readonly items: readonly Field[]
      /** Absent: its length is fixed. */
      readonly create: (() => Field) | undefined
    }
  | {
      readonly type: 'record'
      readonly schema: Schema
      readonly rows: readonly RecordRow[]
      readonly create: () => Field
    }
  | {
      readonly type: 'either'
      readonly schema: Schema
      readonly options: readonly Alternative[]
      readonly at: number
      readonly field: Field
    }

export type FieldOf<Type extends Field['type']> = Extract<Field, { readonly type: Type }>

export interface Entry {
  readonly name: string
  readonly isRequired: boolean
  /** Whether it is sent; what is required always is. */
  readonly isSet: boolean
  readonly field: Field
}

export interface RecordRow {
  readonly key: string
  readonly field: Field
}

export interface Alternative {
  readonly label: string
  readonly create: () => Field
}
