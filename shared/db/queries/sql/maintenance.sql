-- What the functions of maintenance.ts send. Written by: npm run sql

-- analyzeTables
analyze;
