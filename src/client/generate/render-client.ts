import { compileNumbers } from '../../service/codec/number-nodes.ts'
import type { Contract, MethodContract } from './contract.ts'
import { propertyName, toTypeName, TypeWriter } from './render-type.ts'

/** The line of a generated client that `--check` reads; JSON, in which a line break cannot be. */
const contractMark = '// contract: '

/** A client of a service as one file of TypeScript. `runtime` is what every such client has. */
export function renderClient(contract: Contract, runtime: string): string {
  const types = new TypeWriter(contract.schemas)
  const methods = contract.methods.map((method) => {
    const isWide = hasWide(method.output, contract.schemas)
    return renderMethod(method, { types, isWide })
  })
  return [
    `// Made by \`bento client\` from ${oneLine(contract.service)}: make it again instead of changing it.`,
    `${contractMark}${JSON.stringify(contract)}`,
    '',
    ...methods.flatMap(({ declarations }) => declarations),
    ...types.declarations,
    '',
    runtime,
    `/** Calls the methods of ${oneLine(contract.service)} over HTTP. */`,
    `export class ${toTypeName(contract.service)}Client extends BentoClient {`,
    methods.map(({ code }) => code).join('\n\n'),
    '}',
    '',
  ].join('\n')
}

/** What a generated client was made from; undefined for a file that is none. */
export function parseContract(text: string): unknown {
  const line = text.split(/\r?\n/).find((one) => one.startsWith(contractMark))
  if (line === undefined) return undefined
  try {
    return JSON.parse(line.slice(contractMark.length))
  } catch {
    // Somebody has changed it.
    return undefined
  }
}

interface RenderedMethod {
  readonly declarations: readonly string[]
  readonly code: string
}

// What the class has already.
const taken = new Set(['constructor', 'call', 'stream'])

interface Rendering {
  readonly types: TypeWriter
  /** The answer has integers of 64 bits. */
  readonly isWide: boolean
}

function renderMethod(method: MethodContract, { types, isWide }: Rendering): RenderedMethod {
  const { name, input, output, framing } = method
  const base = toTypeName(name)
  const declarations = [
    `export type ${base}Input = ${types.write(input)}`,
    `export type ${base}Output = ${types.write(output)}`,
  ]
  const shown = propertyName(taken.has(name) ? `api_${name}` : name)
  const optional = isOptional(method) ? `input: ${base}Input = {}` : `input: ${base}Input`
  const result = framing ? `AsyncIterable<${base}Output>` : `Promise<${base}Output>`
  const how = framing ? 'stream' : 'call'
  const settings = { ...settingsOf(method), ...(isWide && { isWide }) }
  return {
    declarations,
    code: [
      ...comment(method),
      `  ${shown}(${optional}, options: CallOptions = {}): ${result} {`,
      `    return this.${how}<${base}Output>(${JSON.stringify(settings)}, input, options)`,
      '  }',
    ].join('\n'),
  }
}

/** What the runtime needs to know to send a call and to read its answer. */
function settingsOf({ route, isRoot, framing, inputTypes, output, outputType }: MethodContract) {
  const isText = outputType.startsWith('text/') && framing === undefined
  return {
    route,
    type: inputTypes.find((type) => type === 'text/plain' && isRoot) ?? inputTypes[0],
    ...(framing && { framing, isText: output['type'] === 'string' }),
    ...(isText && { isText }),
  }
}

/** Also where it only refers to them. */
function hasWide(output: MethodContract['output'], schemas: Contract['schemas']): boolean {
  const document = { ...output, components: { schemas } }
  return compileNumbers(document, ({ isWide }) => isWide) !== undefined
}

function isOptional({ input, isRoot }: MethodContract): boolean {
  return !isRoot && !('required' in input)
}

function comment({ description }: MethodContract): string[] {
  return description === '' ? [] : [`  /** ${oneLine(description).replaceAll('*/', '* /')} */`]
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
