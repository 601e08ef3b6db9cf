// What an image starts with: the code that was compiled when it was made, and with it the function.
import { useCompileCache } from './compile-cache.ts';

useCompileCache(import.meta.dirname);
await import('./main.ts');
