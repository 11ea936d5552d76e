import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { defaultTolerance, verify } from '../../../src/models/fidelity/verify.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

test('says of what no runtime takes that its converter made it', async () => {
  const file = join(await temporaryFolder(), 'model.trees')
  await writeFile(file, 'no trees')
  const options = { runtime: 'trees', file, tolerance: defaultTolerance, packageRoots: [] }
  await expect(verify({ source: 'x', inputs: {}, expected: {} }, options)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: expect.stringMatching(/^What the model was converted to does not run: /),
    hint: expect.stringContaining('do it in the service'),
  })
})
