import type { Problem } from './problems.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Replaces `${NAME}` and `${NAME:-default}` in every string of a document. */
export function expandVariables(value: unknown, env: Env): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = []
  const visit = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof node === 'string') {
      return expandText(node, env, (message) => problems.push({ path, message }))
    }
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]))
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, one]) => [key, visit(one, [...path, key])]),
    )
  }
  return { value: visit(value, []), problems }
}

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

function expandText(text: string, env: Env, report: (message: string) => void): unknown {
  const expanded = text.replace(variable, (_, name: string, fallback: string | undefined) => {
    const value = env[name] === undefined || env[name] === '' ? fallback : env[name]
    if (value === undefined) report(`The environment variable "${name}" is not set`)
    return value ?? ''
  })
  if (expanded === text) return text
  // `timeout: ${TIMEOUT:-30}` is meant as a number, as it would be without the variable.
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(expanded) ? JSON.parse(expanded) : expanded
}
