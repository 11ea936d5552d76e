import { isNode, type Node } from './to-schema-code.ts'

/** What a manifest of BentoML says that our bentofile says too, as lines of YAML. JSON is YAML: nothing is quoted by hand. */
export function renderBentofile(manifest: Node): string {
  const { name, labels, envs, models } = manifest
  const values = {
    ...(typeof name === 'string' ? { name } : {}),
    ...(isNode(labels) && Object.keys(labels).length > 0 ? { labels } : {}),
    ...listEntry('envs', envs, toEnv),
    ...listEntry('models', models, toTag),
  }
  return Object.entries(values)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('')
}

function listEntry(
  key: string,
  list: unknown,
  convert: (node: Node) => unknown,
): Record<string, unknown> {
  const nodes = Array.isArray(list) ? list.filter(isNode) : []
  return nodes.length === 0 ? {} : { [key]: nodes.map(convert) }
}

/** Its value stays behind: BentoML writes secrets in clear. */
function toEnv({ name, stage }: Node): Node {
  return { name, ...(stage === undefined ? {} : { stage }) }
}

function toTag({ tag }: Node): unknown {
  return tag
}
