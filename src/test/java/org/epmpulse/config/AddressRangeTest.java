package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "::1",
                "[::1]",
                "0:0:0:0:0:0:0:1",
                "localhost",
                "LocalHost",
                "::ffff:127.0.0.1"
            })
    void addressesOfThisMachineAreLoopback(String host) {
        assertThat(AddressRange.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "10.0.0.1",
                "example.com",
                "127.0.0.1.example.com",
                "127.1",
                "128.0.0.1",
                "localhost.evil",
                "::2"
            })
    void otherHostsAreNotLoopback(String host) {
        assertThat(AddressRange.isLoopback(host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.168.1.128/25, 192.168.1.127, false",
        "192.168.1.128/25, 192.168.1.200, true",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.7, 192.168.1.6, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, ::1, false",
        "fd00::/8, fd12::1, true"
    })
    void aRangeContainsTheAddressesWithItsPrefix(String range, String address, boolean contained) throws Exception {
        assertThat(AddressRange.parse(range)).isNotNull();
        assertThat(AddressRange.parse(range).contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "::/129",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "/8",
                "fe80::1%eth0",
                "::g"
            })
    void anInvalidRangeIsRejected(String text) {
        assertThat(AddressRange.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:db8::5, 2001:db8:0:0:0:0:0:5",
        "[2001:db8::5], 2001:db8:0:0:0:0:0:5",
        "::ffff:192.0.2.1, 192.0.2.1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "fe80::1%no:such, fe80:0:0:0:0:0:0:1"
    })
    void everyNotationOfAnAddressIsParsed(String text, String address) {
        assertThat(AddressRange.address(text).getHostAddress()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "bad",
                "192.0.2.1%eth0",
                "192.0.2",
                "[192.0.2.1",
                "%eth0",
                "dead%be:ef",
                ":%:",
                ".::1",
                ".:",
                ".a:b:c",
                ":",
                "a:"
            })
    void aHostNameIsNotAnAddress(String text) {
        assertThat(AddressRange.address(text)).isNull();
    }
}
