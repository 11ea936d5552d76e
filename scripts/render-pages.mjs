import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = {
  'try.html': { script: 'page/try/main.tsx', style: 'page/shared/page.css' },
  'dashboard.html': { script: 'page/dashboard/main.tsx', style: 'page/dashboard/dashboard.css' },
}

/** The pages by their names: script and style stand inside, so that one answer is all that a browser asks for. */
export async function renderPages() {
  return Promise.all(
    Object.entries(pages).map(async ([name, entry]) => [name, await renderPage(entry)]),
  )
}

async function renderPage(entry) {
  const script = await bundled(entry.script)
  const style = await bundled(entry.style)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bento</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<script type="module">${script}</script>
</body>
</html>
`
}

async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'error',
  })
  // No script may hold what ends it.
  return outputFiles[0].text.trim().replaceAll('</script', String.raw`<\/script`)
}
