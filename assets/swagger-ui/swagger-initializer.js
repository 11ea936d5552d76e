// Everything comes from this server: no validator badge, no fonts, no outside requests.
window.ui = SwaggerUIBundle({
  url: './docs.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
})
