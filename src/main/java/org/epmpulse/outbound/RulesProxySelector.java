package org.epmpulse.outbound;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.epmpulse.config.ProxyRules;

/** Lets an HTTP client use the configured proxies. Host names of proxies are looked up by the client. Thread-safe. */
public final class RulesProxySelector extends ProxySelector {

    private final ProxyRules proxies;

    public RulesProxySelector(ProxyRules proxies) {
        this.proxies = proxies;
    }

    @Override
    public List<Proxy> select(URI target) {
        ProxyRules.Proxy proxy = proxies.proxyFor(target);
        return List.of(
                proxy == null
                        ? Proxy.NO_PROXY
                        : new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
    }

    /** There is no other proxy to try: the connection fails with the same exception. */
    @Override
    public void connectFailed(URI target, SocketAddress address, IOException failure) {}
}
