import type { Entry, Field } from './field.ts'

/** What cannot be sent as it was typed, and where. */
export class FieldProblem extends Error {
  readonly at: readonly (string | number)[]

  constructor(message: string, at: readonly (string | number)[]) {
    super(message)
    this.at = at
  }
}

const numberPattern = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

type Place = readonly (string | number)[]

/**
 * A field as JSON text. As text, since an integer of 64 bits is no number of JavaScript. What is no number is sent as
 * it was typed: the service says what is wrong with it better than a page could.
 */
export function writeJson(field: Field, at: Place = []): string {
  if (field.type === 'text') return JSON.stringify(field.text)
  if (field.type === 'number') {
    return numberPattern.test(field.text.trim()) ? field.text.trim() : JSON.stringify(field.text)
  }
  if (field.type === 'json') return checkJson(field.text, at)
  if (field.type === 'flag') return String(field.isOn)
  if (field.type === 'choice') return JSON.stringify(field.options[field.at])
  return writeGroup(field, at)
}

type LeafType = 'text' | 'number' | 'json' | 'flag' | 'choice'

function writeGroup(field: Exclude<Field, { readonly type: LeafType }>, at: Place): string {
  if (field.type === 'file') throw new FieldProblem('A file cannot be written as JSON', at)
  if (field.type === 'object') return writeObject(field.entries, at)
  if (field.type === 'list') {
    return `[${field.items.map((item, index) => writeJson(item, [...at, index])).join(', ')}]`
  }
  if (field.type === 'record') {
    return braced(field.rows.map((row) => [row.key, writeJson(row.field, [...at, row.key])]))
  }
  return writeJson(field.field, at)
}

function writeObject(entries: readonly Entry[], at: Place): string {
  const sent = entries.filter((entry) => entry.isSet)
  return braced(sent.map(({ name, field }) => [name, writeJson(field, [...at, name])]))
}

function braced(pairs: readonly (readonly [string, string])[]): string {
  return `{${pairs.map(([key, text]) => `${JSON.stringify(key)}: ${text}`).join(', ')}}`
}

function checkJson(text: string, at: Place): string {
  try {
    JSON.parse(text)
    return text.trim()
  } catch (error) {
    throw new FieldProblem(`This is no JSON: ${messageOf(error)}`, at)
  }
}

function messageOf(error: unknown): string {
  return error instanceof SyntaxError ? error.message : String(error)
}

/** One part of a form. */
export type Part = { readonly name: string } & (
  | { readonly file: File; readonly isMany: boolean }
  | { readonly text: string; readonly isJson: boolean }
)

/** The parts of a form: files as they are, text as it is, anything else as JSON. */
export function writeParts(field: Field): Part[] {
  if (field.type !== 'object') throw new FieldProblem('Only named parameters make a form', [])
  return field.entries.filter((entry) => entry.isSet).flatMap(partsOf)
}

function partsOf({ name, field: given, isRequired }: Entry): Part[] {
  const field = given.type === 'either' ? given.field : given
  if (field.type === 'file') {
    if (field.files.length === 0 && isRequired) throw new FieldProblem('Choose a file', [name])
    return field.files.map((file) => ({ name, file, isMany: field.isMany }))
  }
  if (field.type === 'text') return [{ name, text: field.text, isJson: false }]
  return [{ name, text: writeJson(field, [name]), isJson: true }]
}
