import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from '@jest/globals'
import { findBentofile } from '../../src/config/load-bentofile.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export async function project(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

export async function problemsOf(text: string): Promise<string> {
  const folder = await project({ 'bentofile.yaml': text })
  const error: unknown = await findBentofile(folder).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  expect(error).toMatchObject({ code: 'BENTOFILE_INVALID' })
  const message = error !== undefined && error !== null ? String(Reflect.get(error, 'message')) : ''
  return message.replaceAll(folder, '/project')
}
