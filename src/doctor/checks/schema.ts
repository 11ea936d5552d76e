import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { renderBentofileSchema } from '../../config/bentofile.ts'
import { type Check, ok, warning } from '../check.ts'

const modeline = /^# *yaml-language-server: *\$schema=(\S+)/m

/** Whether the schema that the bentofile names for editors is that of this bento. */
export const schema: Check = {
  name: 'schema',
  async run({ subject }) {
    if (subject.kind !== 'project' || subject.bentofile === undefined) return []
    const name = modeline.exec(await readFile(subject.bentofile.file, 'utf8'))?.[1]
    if (name === undefined || /^https?:/.test(name)) return []
    const text = await readFile(resolve(subject.context, name), 'utf8').catch(() => undefined)
    if (text === undefined) {
      return [warning(`The schema "${name}" of the bentofile is not there`, 'Run `npm install`.')]
    }
    if (text === renderBentofileSchema()) return [ok('The schema of the bentofile is current')]
    return [
      warning(
        `The schema "${name}" of the bentofile is that of another version`,
        'Install the bentojs that you run, or run the one of the project: `npx bento`.',
      ),
    ]
  },
}
