/** Pages of docs/ that follow from data, by their path in the repository. */
export async function renderDocs({ root, renderCommandHelp, bentofileSchema }) {
  const pages = new Map()
  const index = ['# Commands', '']
  for (const [name, command] of await commandsOf(root, '')) {
    const file = `${name.replaceAll(' ', '-')}.md`
    pages.set(`docs/commands/${file}`, renderCommand(name, renderCommandHelp(name, command)))
    index.push(`- [bento ${name}](${file}): ${command.summary}`)
  }
  pages.set('docs/commands/README.md', `${index.join('\n')}\n`)
  pages.set('docs/bentofile.md', renderBentofile(bentofileSchema))
  return pages
}

async function commandsOf(node, name) {
  if (!node.children) return [[name, await node.load()]]
  const found = []
  for (const [child, next] of node.children) {
    found.push(...(await commandsOf(next, `${name} ${child}`.trim())))
  }
  return found
}

function renderCommand(name, help) {
  return `# bento ${name}\n\n\`\`\`text\n${help}\n\`\`\`\n`
}

function renderBentofile({ properties }) {
  const rows = rowsOf(properties, '').map(
    ([key, type, text]) => `| \`${key}\` | ${type} | ${text} |`,
  )
  return `# bentofile.yaml

The same keys may stand in \`package.json\` below \`"bento"\`. An editor completes them when the file begins with

\`\`\`yaml
# yaml-language-server: $schema=node_modules/bentojs/bentofile.schema.json
\`\`\`

| key | type | |
|---|---|---|
${rows.join('\n')}
`
}

function rowsOf(properties, prefix) {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`
    const row = [key, typeOf(schema), schema.description ?? '']
    return schema.properties ? [row, ...rowsOf(schema.properties, `${key}.`)] : [row]
  })
}

function typeOf({ type, enum: values, items, anyOf }) {
  if (values) return values.map((value) => `\`${value}\``).join(' ')
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if (type === 'array') return items ? `list of ${typeOf(items)}` : 'list'
  if (type === 'object') return 'map'
  return [type].flat().join(' or ')
}
