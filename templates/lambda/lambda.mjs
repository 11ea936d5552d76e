// What AWS Lambda's own Node runtime calls: the handler is `lambda.handler`. The service starts while it is imported.
import { createHandler } from './dist/service.mjs'

export const handler = await createHandler()
