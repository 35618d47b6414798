import { KnownRoutes } from './known-routes';

describe('the methods of a path', () => {
  const routes = new KnownRoutes();
  routes.add({ method: ['GET', 'HEAD'], url: '/api/v1/tickets' });
  routes.add({ method: 'POST', url: '/api/v1/tickets/:ref/take' });
  routes.add({ method: 'GET', url: '/api/v1/tickets/:ref' });
  routes.add({ method: 'GET', url: '/assets/*' });
  routes.add({ method: 'GET', url: '*' });
  it.each([
    ['/api/v1/tickets?ip=1', ['GET', 'HEAD']], ['/api/v1/tickets/', ['GET', 'HEAD']], ['/api/v1/tickets/UB-1/take', ['POST']], ['/api/v1/tickets/UB-1', ['GET']], ['/assets/a/b.css', ['GET']],
    ['/api/v1/nothing', []], ['/api/v1/tickets/UB-1/take/more', []], ['/apixv1/tickets', []],
  ])('%s', (url, methods) => expect(routes.allowed(url)).toEqual(methods));
});
