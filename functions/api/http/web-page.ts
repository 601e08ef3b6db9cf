import { contractVersion, darkroomVersion } from './version.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (it) => escapes[it] ?? it);

/** The one page until there is a web client: what this server is, and the next steps. `address` is the one in the visitor's URL. */
export function page(address: string): string {
  const at = escapeHtml(address);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Darkroom</title>
<style>
body { margin: 4rem auto; max-width: 42rem; padding: 0 1.5rem; font: 1rem/1.6 system-ui, sans-serif; color: #222; background: #fafafa }
h1 { font-weight: 600 } h2 { font-size: 1.1rem; margin-top: 2.5rem }
pre { padding: 1rem; overflow-x: auto; background: #fff; border: 1px solid #ddd; border-radius: .4rem; font-size: .85rem }
small { color: #666 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } pre { background: #222; border-color: #444 } }
</style>
</head>
<body>
<h1>Darkroom is running</h1>
<p>It backs up photos and speaks to the Immich app, its command line and its SDK. In the app, enter this address:</p>
<pre>${at}</pre>
<h2>The first account is the administrator's</h2>
<pre>curl -X POST ${at}/api/auth/admin-sign-up \\
  -H 'content-type: application/json' \\
  -d '{"email":"you@example.org","password":"a long one","name":"You"}'</pre>
<h2>Upload a folder from a computer</h2>
<p>Log in, make an API key, and give both to the command line client. The README has every line to copy.</p>
<pre>npx @immich/cli login ${at} YOUR-API-KEY
npx @immich/cli upload --recursive --album ~/Pictures</pre>
<p><small>Darkroom ${darkroomVersion}, Immich API ${contractVersion.major}.${contractVersion.minor}.${contractVersion.patch}</small></p>
</body>
</html>
`;
}
