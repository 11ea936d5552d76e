export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of keys and indexes; undefined where there is none. */
export function valueAt(root: unknown, ...path: readonly (string | number)[]): unknown {
  let node = root
  for (const segment of path) {
    if (Array.isArray(node) && typeof segment === 'number') node = node[segment]
    else if (isRecord(node) && Object.hasOwn(node, segment)) node = node[segment]
    else return undefined
  }
  return node
}

export function textAt(root: unknown, ...path: readonly (string | number)[]): string | undefined {
  const value = valueAt(root, ...path)
  return typeof value === 'string' ? value : undefined
}

export function numberAt(root: unknown, ...path: readonly (string | number)[]): number | undefined {
  const value = valueAt(root, ...path)
  return typeof value === 'number' ? value : undefined
}

export function listAt(root: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = valueAt(root, ...path)
  return Array.isArray(value) ? value : []
}
