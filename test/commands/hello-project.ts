import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'

/** A project that needs neither packages nor models. */
export async function helloProject(): Promise<string> {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'package.json'), '{ "private": true, "type": "module" }\n')
  await writeGreeting(cwd, 'hello')
  return cwd
}

export async function writeGreeting(cwd: string, greeting: string): Promise<void> {
  const source = `
    import { api, service } from 'bentojs'

    @service()
    export class Hello {
      @api()
      greet(): string {
        return '${greeting}'
      }
    }
  `
  await writeFile(join(cwd, 'service.ts'), source)
}
