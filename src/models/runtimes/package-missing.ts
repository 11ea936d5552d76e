import { BentoError } from '../../errors.ts'

// What to say beyond the name: the version that was tested, and what npm does not tell.
const advice = new Map([
  [
    'onnxruntime-node',
    {
      install: 'onnxruntime-node@1.30.0',
      note: '; set ONNXRUNTIME_NODE_INSTALL=skip for it where CUDA is not needed or cannot be downloaded',
    },
  ],
])

/** A runtime's package is not installed: the error that has the line to type. */
export function packageMissing(runtime: string, packageName: string): BentoError {
  const { install, note } = advice.get(packageName) ?? { install: packageName, note: '' }
  const message = `${runtime.toUpperCase()} models need the package ${packageName}`
  return new BentoError('PACKAGE_MISSING', message, {
    hint: `Run \`npm install ${install}\` in the project, or \`npm ci --omit=dev\` in the folder of a bento${note}.`,
  })
}
