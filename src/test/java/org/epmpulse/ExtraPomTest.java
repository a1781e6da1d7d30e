package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The versions with which {@code deploy/add-component.sh} resolves jars for {@code extra/}. */
class ExtraPomTest {

    private static Document read(String file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of(file).toFile());
    }

    private static String text(Element element, String child) {
        return element.getElementsByTagName(child).item(0).getTextContent();
    }

    /** The managed version of each artifact. */
    private static Map<String, String> managed(Document pom) {
        Map<String, String> versions = new TreeMap<>();
        NodeList all =
                ((Element) pom.getElementsByTagName("dependencyManagement").item(0)).getElementsByTagName("dependency");
        for (int i = 0; i < all.getLength(); i++) {
            Element dependency = (Element) all.item(i);
            String property = text(dependency, "version").replaceAll("[${}]", "");
            versions.put(
                    text(dependency, "groupId") + ":" + text(dependency, "artifactId"),
                    pom.getElementsByTagName(property).item(0).getTextContent());
        }
        return versions;
    }

    @Test
    void theyAreThoseOfTheProgram() throws Exception {
        Map<String, String> ofProgram = managed(read("pom.xml"));
        assertThat(ofProgram.remove("org.junit:junit-bom")).isNotNull();

        assertThat(managed(read("extra/pom.xml"))).isEqualTo(ofProgram).hasSizeGreaterThan(10);
    }
}
