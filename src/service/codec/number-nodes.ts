import { ownKeyword } from '../io/own-schema.ts'
import { tensorKeyword } from '../tensor-schema.ts'
import type { JsonSchema } from './codec.ts'
import { isJsonObject, resolvePointer } from './json-schema.ts'

/** What a JSON Schema says of the numbers at one place of a value, and where to look further. */
export interface NumberNode {
  /** To Python they are floats: a whole one has a decimal point. */
  readonly isFloat: boolean
  /** They have 64 bits, and are BigInts here. */
  readonly isWide: boolean
  readonly fields: Map<string, NumberField>
  /** Of an object, under any other key. */
  others?: NumberNode
  readonly tuple: NumberNode[]
  /** Of an array, after its tuple. */
  items?: NumberNode
  /** Whether anything is to be done here or below. */
  isNeeded: boolean
}

interface NumberField {
  readonly node: NumberNode
  /** The name as JSON has it, and a colon. */
  readonly label: string
}

/** Undefined where no number of a value needs more than JSON.parse and JSON.stringify do. */
export function compileNumbers(
  root: JsonSchema,
  needs: (node: NumberNode) => boolean,
): NumberNode | undefined {
  const node = new Compiler(root, needs).compile()
  return node.isNeeded ? node : undefined
}

class Compiler {
  readonly #root: JsonSchema
  readonly #needs: (node: NumberNode) => boolean
  readonly #ids = new Map<JsonSchema, number>()
  readonly #nodes = new Map<string, NumberNode>()

  constructor(root: JsonSchema, needs: (node: NumberNode) => boolean) {
    this.#root = root
    this.#needs = needs
  }

  compile(): NumberNode {
    const root = this.#nodeFor([this.#root])
    // A schema may contain itself, so what is needed spreads upwards until nothing changes.
    let isSettled = false
    while (!isSettled) {
      isSettled = true
      for (const node of this.#nodes.values()) {
        if (node.isNeeded || !childrenOf(node).some((child) => child.isNeeded)) continue
        node.isNeeded = true
        isSettled = false
      }
    }
    return root
  }

  /** Alternatives share a node: which of them a value follows, nobody looks at. */
  #nodeFor(schemas: readonly unknown[]): NumberNode {
    const all = new Set<JsonSchema>()
    for (const schema of schemas) this.#expand(schema, all)
    const key = [...all].map((schema) => this.#idOf(schema)).join()
    const known = this.#nodes.get(key)
    if (known) return known
    const node = nodeOf([...all])
    this.#nodes.set(key, node)
    this.#fill(node, [...all])
    node.isNeeded = this.#needs(node)
    return node
  }

  /** The schema itself, and what it refers to or is made of. */
  #expand(schema: unknown, all: Set<JsonSchema>): void {
    if (!isJsonObject(schema) || all.has(schema) || isTable(schema)) return
    all.add(schema)
    const { $ref: reference, anyOf, oneOf, allOf } = schema
    if (typeof reference === 'string') this.#expand(resolvePointer(this.#root, reference), all)
    for (const parts of [anyOf, oneOf, allOf]) {
      if (Array.isArray(parts)) for (const part of parts) this.#expand(part, all)
    }
  }

  #fill(node: NumberNode, schemas: readonly JsonSchema[]): void {
    const fields = schemas.flatMap(({ properties }) =>
      isJsonObject(properties) ? [properties] : [],
    )
    const tuples = schemas.flatMap(({ prefixItems }) =>
      Array.isArray(prefixItems) ? [prefixItems] : [],
    )
    for (const name of new Set(fields.flatMap(Object.keys))) {
      const own = fields.map((properties) => properties[name])
      node.fields.set(name, { node: this.#nodeFor(own), label: `${JSON.stringify(name)}:` })
    }
    const longest = Math.max(0, ...tuples.map(({ length }) => length))
    for (let at = 0; at < longest; at += 1) {
      node.tuple.push(this.#nodeFor(tuples.map((tuple): unknown => tuple[at])))
    }
    node.others = this.#nodeFor(schemas.map((schema) => schema['additionalProperties']))
    node.items = this.#nodeFor(schemas.map((schema) => schema['items']))
  }

  #idOf(schema: JsonSchema): number {
    const id = this.#ids.get(schema) ?? this.#ids.size
    this.#ids.set(schema, id)
    return id
  }
}

function nodeOf(schemas: readonly JsonSchema[]): NumberNode {
  const types = new Set(schemas.flatMap(typesOf))
  return {
    isFloat: types.has('number') && !types.has('integer'),
    isWide: schemas.some(isWide),
    fields: new Map(),
    tuple: [],
    isNeeded: false,
  }
}

/** Of values that are listed, and are whole, the type is not just any number. */
function typesOf({ type, const: only, enum: values = [only] }: JsonSchema): unknown[] {
  const types: unknown[] = Array.isArray(type) ? type : [type]
  const isWhole = Array.isArray(values) && values.every(Number.isInteger)
  return isWhole ? types.map((name) => (name === 'number' ? 'integer' : name)) : types
}

function isWide(schema: JsonSchema): boolean {
  const tensor = schema[tensorKeyword]
  const name = isJsonObject(tensor) ? tensor['dtype'] : schema['format']
  return name === 'int64' || name === 'uint64'
}

/** Of a table's columns nobody knows which are floats. */
function isTable(schema: JsonSchema): boolean {
  const own = schema[ownKeyword]
  return isJsonObject(own) && own['type'] === 'dataframe'
}

function childrenOf({ fields, others, tuple, items }: NumberNode): NumberNode[] {
  const rest = [others, items].filter((node) => node !== undefined)
  return [...[...fields.values()].map(({ node }) => node), ...tuple, ...rest]
}
