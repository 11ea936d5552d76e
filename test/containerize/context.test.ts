import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { readSetup, tarContext } from '../../src/containerize/backends/docker/context.ts'
import { planLayers } from '../../src/containerize/layers.ts'
import { type BentoImage, plainImage } from '../../src/store/manifest.ts'
import { bentoOf, entriesOf, files } from './images.ts'

async function pathsOf(image: BentoImage): Promise<string[]> {
  const bento = await bentoOf({ ...files, 'env/docker/setup_script': '#!/bin/sh\n' }, { image })
  const layers = await planLayers(bento.path, undefined)
  const setup = await readSetup(bento, {})
  const chunks: Uint8Array[] = []
  const input = { dockerfile: 'FROM scratch\n', layers, setup }
  for await (const chunk of tarContext(input, { time: new Date(0) })) chunks.push(chunk)
  const entries = entriesOf(gzipSync(Buffer.concat(chunks)))
  return entries.map(({ path, mode }) => (mode === 0o755 ? `${path} may run` : path))
}

test('the context is the Dockerfile and a folder for each layer', async () => {
  const paths = (await pathsOf(plainImage)).map((path) => path.replace(' may run', ''))
  expect(paths.slice(0, 4)).toEqual(['Dockerfile', 'layers/', 'layers/packages/', 'layers/models/'])
  expect(
    paths.filter((path) => !/^(Dockerfile$|layers\/(packages|models|code)?\/?)/.test(path)),
  ).toEqual([])
})

test('the setup script comes with its variables, apart from all layers', async () => {
  const paths = await pathsOf({ ...plainImage, setup_script: true })
  expect(paths.slice(-2)).toEqual(['setup/setup_script may run', 'setup/variables.sh'])
})

test('variables of the build are words for a shell, and those of the start are not there', async () => {
  const image = { ...plainImage, setup_script: true }
  const bento = await bentoOf(
    { ...files, 'env/docker/setup_script': '' },
    {
      image,
      envs: [
        { name: 'TOKEN', value: '', stage: 'build' },
        { name: 'QUOTED', value: `it's $(id) \`id\``, stage: 'all' },
        { name: 'LATER', value: 'x', stage: 'runtime' },
        { name: 'UNSET', value: '', stage: 'build' },
      ],
    },
  )
  const [, variables] = await readSetup(bento, { TOKEN: 'secret' })
  expect(variables?.text).toBe(`export TOKEN='secret'\nexport QUOTED='it'\\''s $(id) \`id\`'\n`)
})
