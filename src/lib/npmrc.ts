const harmless =
  /^\s*(?:@[\w.-]+:registry|registry|replace-registry-host|onnxruntime-node-install)\s*=/

/** The lines of an npmrc that say where packages come from; passwords and everything else are left out. */
export function registryLines(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => harmless.test(line) && !hasPassword(line))
  return lines.map((line) => `${line.trim()}\n`).join('')
}

function hasPassword(line: string): boolean {
  return /:\/\/[^/]*@|\$\{/.test(line)
}
