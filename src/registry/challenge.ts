/** One way in which a registry wants to be asked, as its `WWW-Authenticate` says (RFC 9110, 11.6.1). */
export interface Challenge {
  /** Lower case, as `bearer`. */
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

/** Reads `Bearer realm="…",service="…"`. Unknown text reads as no challenge. */
export function parseChallenge(header: string): Challenge | undefined {
  const [, scheme, rest = ''] = /^\s*([A-Za-z]+)(?:\s+(.*))?$/s.exec(header) ?? []
  if (scheme === undefined) return undefined
  const parameters: Record<string, string> = {}
  for (const [, name = '', quoted, plain] of rest.matchAll(
    /([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g,
  )) {
    parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
  }
  return { scheme: scheme.toLowerCase(), parameters }
}
