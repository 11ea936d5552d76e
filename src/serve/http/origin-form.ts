/** A proxy may be sent the whole URL; a server has to take it as well, and what it stands for is its path (RFC 9112, 3.2.2). */
export function originForm(target = '/'): string {
  if (target.startsWith('/')) return target
  const [, path] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? []
  if (path === undefined) return target
  return path.startsWith('/') ? path : `/${path}`
}
