import type { Document, Scalar } from 'yaml'

// What no parser of YAML, old or new, takes for anything but text.
const plain = /^[A-Za-z/][A-Za-z0-9./_-]*$/
const word = /^(?:y|n|yes|no|on|off|true|false|null)$/i

/** YAML that says the same to YAML 1.1 (as Kubernetes reads it) and 1.2: all other text is quoted. */
export async function toYaml(value: unknown): Promise<string> {
  const { default: yaml } = await import('yaml')
  const document: Document = new yaml.Document(value, { aliasDuplicateObjects: false })
  yaml.visit(document, {
    Scalar(_key, node: Scalar) {
      if (typeof node.value !== 'string') return
      const { value: text } = node
      node.type = plain.test(text) && !word.test(text) ? 'PLAIN' : 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0 })
}
