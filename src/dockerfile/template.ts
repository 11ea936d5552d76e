import { BentoError } from '../errors.ts'

/** The blocks that a Dockerfile of ours consists of, in this order; named as BentoML names them. */
export const blockNames = [
  'SETUP_BENTO_BASE_IMAGE',
  'SETUP_BENTO_USER',
  'SETUP_BENTO_ENVARS',
  'SETUP_BENTO_COMPONENTS',
  'SETUP_BENTO_ENTRYPOINT',
] as const

type BlockName = (typeof blockNames)[number]
/** Text of each block that a template has. */
export type Blocks = Readonly<Partial<Record<BlockName, string>>>
export type Variables = Readonly<Record<string, string>>

const statement = /\{%-?\s*([^]*?)\s*-?%\}/g
const expression = /\{\{([^]*?)\}\}/g

/**
 * Reads the blocks of a template. Only the form is Jinja's: there is nothing here that runs code, so a template may come
 * from anybody. Throws BENTOFILE_INVALID for whatever is more than blocks, `super()` and names.
 */
function readBlocks(template: string, file: string): Blocks {
  const text = template.replaceAll(/\{#[^]*?#\}/g, (comment) => comment.replaceAll(/[^\n]/g, ''))
  const statements = [...text.matchAll(statement)].filter(([, words]) => words !== first)
  const blocks: Partial<Record<BlockName, string>> = {}
  for (let at = 0; at < statements.length; at += 2) {
    const [begin, end] = statements.slice(at)
    const name = begin && blockOf(begin)
    if (begin === undefined || name === undefined) throw notUnderstood(text, begin, file)
    if (end === undefined) throw problem(file, `block "${name}" has no {% endblock %}`)
    if (!/^endblock\b/.test(end[1] ?? '')) throw notUnderstood(text, end, file)
    blocks[name] = text.slice(begin.index + begin[0].length, end.index)
  }
  return blocks
}

const first = 'extends bento_base_template'

function blockOf([, words = '']: RegExpExecArray): BlockName | undefined {
  return blockNames.find((name) => new RegExp(`^block\\s+${name}$`).test(words))
}

/** Puts blocks over those that they extend. Names that `variables` lacks are refused. */
export function extendBlocks(
  base: Blocks,
  text: string,
  options: { readonly file: string; readonly variables: Variables },
): Blocks {
  const { file, variables } = options
  const above = new Map<string, string>(Object.entries(base))
  const own = Object.entries(readBlocks(text, file)).map(([name, block]) => {
    return [name, fill(block, { file, variables, above: above.get(name) ?? '' })] as const
  })
  return { ...base, ...Object.fromEntries(own) }
}

function fill(
  block: string,
  { file, variables, above }: { file: string; variables: Variables; above: string },
): string {
  const lines = block.replaceAll(/^\{\{ (\w+) \}\}\n/gm, (line, name: string) =>
    variables[name] === '' ? '' : line,
  )
  return lines.replaceAll(expression, (whole: string, name: string) => {
    const wanted = name.trim()
    if (/^super\(\s*\)$/.test(wanted)) return above.trim()
    const value = Object.hasOwn(variables, wanted) && variables[wanted]
    if (typeof value === 'string') return value
    throw problem(file, `there is no ${whole}: known are ${known(variables)}`)
  })
}

function known(variables: Variables): string {
  const names = Object.keys(variables).filter((name) => name.startsWith('bento__'))
  return ['super()', ...names].join(', ')
}

function notUnderstood(text: string, match: RegExpExecArray | undefined, file: string): BentoError {
  const line = text.slice(0, match?.index).split('\n').length
  return problem(`${file}:${line}`, `${match?.[0]} is not understood: no code of a template is run`)
}

function problem(file: string, what: string): BentoError {
  return new BentoError('BENTOFILE_INVALID', `"${file}" is no Dockerfile template: ${what}`, {
    hint: `Begin it with {% extends bento_base_template %}, and override blocks: ${blockNames.join(', ')}.`,
  })
}
