import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { portOf } from '../dockerfile/image.ts'
import { renderDockerfile, setupScriptName, templateName } from '../dockerfile/render.ts'
import type { BentoManifest } from '../store/manifest.ts'
import { copyDockerFiles } from './own-package.ts'
import type { ProjectTarget } from './target.ts'

/** Writes `env/docker`: what an image is made of besides the service, and a Dockerfile that makes one. */
export async function writeImageFiles(
  path: string,
  { bentofile }: ProjectTarget,
  manifest: Omit<BentoManifest, 'version'>,
): Promise<void> {
  const folder = join(path, 'env', 'docker')
  await copyDockerFiles(folder)
  const { setupScript, dockerfileTemplate: template } = bentofile ?? {}
  if (setupScript !== undefined) {
    await writeFile(join(folder, setupScriptName), withShebang(setupScript), { mode: 0o755 })
  }
  if (template !== undefined) await writeFile(join(folder, templateName), template, { mode: 0o644 })
  const { image, envs, config, models } = manifest
  const dockerfile = await renderDockerfile({
    image,
    envs,
    port: portOf(config),
    template,
    kind: 'standalone',
    hasModels: models.length > 0,
  })
  await writeFile(join(folder, 'Dockerfile'), dockerfile, { mode: 0o644 })
}

function withShebang(script: string): string {
  return script.startsWith('#!') ? script : `#!/bin/sh\n${script}`
}
