/*
 * The names of problems are pydantic's where there is one, since clients of BentoML know them. Standard Schema gives an
 * issue a message and a path only; zod and valibot say more in fields of their own.
 */

/** What is wrong with `value`, in a word. */
export function issueType(issue: object, value: unknown): string {
  const code = textIn(issue, 'code')
  if (code !== undefined) return zodType(code, issue, value)
  return valibotType(issue, value)
}

const wrongTypes: Readonly<Record<string, string>> = {
  string: 'string_type',
  number: 'float_type',
  int: 'int_type',
  integer: 'int_type',
  bigint: 'int_type',
  boolean: 'bool_type',
  array: 'list_type',
  tuple: 'tuple_type',
  set: 'set_type',
  object: 'model_type',
  loose_object: 'model_type',
  strict_object: 'model_type',
  record: 'dict_type',
  map: 'dict_type',
  date: 'datetime_type',
  null: 'none_required',
  literal: 'literal_error',
  picklist: 'literal_error',
  enum: 'literal_error',
}

function wrongType(expected: string, value: unknown): string | undefined {
  const type = Object.hasOwn(wrongTypes, expected) ? wrongTypes[expected] : undefined
  if (typeof value === 'number' && type === 'int_type') return 'int_from_float'
  if (typeof value === 'number' && type === 'float_type') return 'finite_number'
  // A string that is no number is what pydantic, which would take "2", could not parse.
  if (typeof value === 'string' && /^(?:int|float|bool)_type$/.test(type ?? '')) {
    return type?.replace('_type', '_parsing')
  }
  return type
}

function zodType(code: string, issue: object, value: unknown): string {
  if (code === 'invalid_type') return wrongType(textIn(issue, 'expected') ?? '', value) ?? code
  if (code === 'too_big' || code === 'too_small') return boundType(code, issue)
  if (code === 'invalid_format') {
    return textIn(issue, 'format') === 'regex' ? 'string_pattern_mismatch' : 'value_error'
  }
  const names: Readonly<Record<string, string>> = {
    invalid_value: 'literal_error',
    not_multiple_of: 'multiple_of',
    unrecognized_keys: 'extra_forbidden',
    custom: 'value_error',
  }
  return Object.hasOwn(names, code) ? (names[code] ?? code) : code
}

const collections = new Set(['array', 'set', 'map'])

function boundType(code: 'too_big' | 'too_small', issue: object): string {
  const isBig = code === 'too_big'
  const origin = textIn(issue, 'origin')
  if (origin === 'string') return isBig ? 'string_too_long' : 'string_too_short'
  if (origin !== undefined && collections.has(origin)) return isBig ? 'too_long' : 'too_short'
  const strict = isBig ? 'less_than' : 'greater_than'
  return 'inclusive' in issue && issue.inclusive === false ? strict : `${strict}_equal`
}

function valibotType(issue: object, value: unknown): string {
  const type = textIn(issue, 'type')
  if (type === undefined) return 'value_error'
  if (textIn(issue, 'kind') === 'schema') return wrongType(type, value) ?? type
  const isText = typeof value === 'string'
  const names: Readonly<Record<string, string>> = {
    min_value: 'greater_than_equal',
    max_value: 'less_than_equal',
    gt_value: 'greater_than',
    lt_value: 'less_than',
    min_length: isText ? 'string_too_short' : 'too_short',
    max_length: isText ? 'string_too_long' : 'too_long',
    integer: 'int_from_float',
    safe_integer: 'int_from_float',
    finite: 'finite_number',
    regex: 'string_pattern_mismatch',
    check: 'value_error',
  }
  // A tensor's problems are named by pydantic already.
  return Object.hasOwn(names, type) ? (names[type] ?? type) : type
}

function textIn(issue: object, key: string): string | undefined {
  const value: unknown = Reflect.get(issue, key)
  return typeof value === 'string' ? value : undefined
}
